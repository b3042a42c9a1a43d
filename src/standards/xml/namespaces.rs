//! hei-xml: which prefix stands for which namespace (Namespaces in XML 1.0).

use std::collections::HashMap;

use crate::limits::NAMESPACES_MAX;
use crate::tag::{Flaw, Written};

/// The namespace of the prefix `xml`, which needs no declaration.
pub const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

/// No namespace at all.
pub(crate) const NONE: u32 = 0;
const XML: u32 = 1;

struct Binding<'a> {
    prefix: &'a str,
    namespace: u32,
    depth: usize,
}

/// The declarations in force, and every namespace that was ever named.
pub(crate) struct Scope<'a> {
    bindings: Vec<Binding<'a>>,
    names: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl<'a> Scope<'a> {
    pub fn new() -> Self {
        let names = vec![String::new(), XML_NAMESPACE.to_owned()];
        let numbers = names.iter().cloned().zip(0..).collect();
        Self { bindings: Vec::new(), names, numbers }
    }

    /// Takes a tag's declarations into force for its depth.
    pub fn enter(&mut self, depth: usize, attributes: &[Written<'a>]) -> Result<(), Flaw> {
        for attribute in attributes {
            let prefix = match attribute.name.split_once(':') {
                Some(("xmlns", prefix)) => prefix,
                None if attribute.name == "xmlns" => "",
                _ => continue,
            };
            self.declare(prefix, &attribute.value, depth)?;
        }
        Ok(())
    }

    fn declare(&mut self, prefix: &'a str, namespace: &str, depth: usize) -> Result<(), Flaw> {
        let reserved = prefix == "xmlns"
            || namespace == XMLNS_NAMESPACE
            || (prefix == "xml") != (namespace == XML_NAMESPACE);
        if reserved {
            return Err(Flaw::Syntax(format!("the prefix {prefix:?} cannot be declared so")));
        }
        if namespace.is_empty() && !prefix.is_empty() {
            return Err(Flaw::Syntax(format!("the prefix {prefix:?} is declared empty")));
        }
        if self.bindings.len() >= NAMESPACES_MAX {
            return Err(Flaw::TooMany);
        }
        let namespace = self.number(namespace);
        self.bindings.push(Binding { prefix, namespace, depth });
        Ok(())
    }

    fn number(&mut self, namespace: &str) -> u32 {
        if let Some(number) = self.numbers.get(namespace) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(namespace.to_owned());
        self.numbers.insert(namespace.to_owned(), number);
        number
    }

    /// Drops what a tag at this depth had declared.
    pub fn leave(&mut self, depth: usize) {
        while self.bindings.last().is_some_and(|last| last.depth >= depth) {
            self.bindings.pop();
        }
    }

    /// The namespace of a prefix; the empty prefix is the default namespace.
    pub fn resolve(&self, prefix: &str) -> Result<u32, Flaw> {
        if prefix == "xml" {
            return Ok(XML);
        }
        let bound = self.bindings.iter().rev().find(|binding| binding.prefix == prefix);
        match bound {
            Some(binding) => Ok(binding.namespace),
            None if prefix.is_empty() => Ok(NONE),
            None => Err(Flaw::Syntax(format!("the prefix {prefix:?} is not declared"))),
        }
    }

    /// All names by number.
    pub fn into_names(self) -> Vec<String> {
        self.names
    }
}
