//! Sizes of files and functions: prints where the code stands and fails past the bounds of the style guide.

use std::collections::BTreeSet;

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use crate::assert_none;
use crate::tree::{File, files};

const FILE_P50_MAX: usize = 150;
const FILE_P90_MAX: usize = 400;
const FILE_MAX: usize = 800;
const FUNCTION_P90_MAX: usize = 35;
const FUNCTION_LONG: usize = 70;
const FUNCTION_LONG_PERMILLE_MAX: usize = 15;
const FUNCTION_MAX: usize = 120;

/// Files that may be longer because they are tables. Path and reason.
const TABLES: &[(&str, &str)] = &[];

#[derive(Debug, PartialEq)]
struct Function {
    place: String,
    lines: usize,
    test: bool,
}

/// What one Rust file holds.
#[derive(Debug, Default)]
struct Measured {
    path: String,
    lines: usize,
    test_lines: usize,
    functions: Vec<Function>,
    test_modules: Vec<String>,
}

#[test]
fn files_and_functions_stay_within_the_bounds_of_the_style() {
    let measured: Vec<_> = files().iter().filter(|f| f.is_rust()).map(measure).collect();
    let out_of_line: BTreeSet<_> = measured.iter().flat_map(|m| m.test_modules.clone()).collect();
    let is_test = |m: &Measured| {
        m.path.starts_with("tests/")
            || out_of_line.iter().any(|module| {
                m.path == format!("{module}.rs") || m.path.starts_with(&format!("{module}/"))
            })
    };
    let (tests, product): (Vec<_>, Vec<_>) = measured.into_iter().partition(is_test);

    let mut breaches = report("product", &product, false);
    let in_file = product.iter().flat_map(|m| m.functions.iter()).filter(|f| f.test).count();
    println!("test functions inside of product files: {in_file}");
    breaches.extend(report("tests", &tests, true));
    assert_none(breaches);
}

/// Prints the figures of a group. Tests are held to the largest file only.
fn report(group: &str, measured: &[Measured], tests: bool) -> Vec<String> {
    let sizes: Vec<_> = measured
        .iter()
        .map(|m| (m.path.clone(), m.lines - if tests { 0 } else { m.test_lines }))
        .collect();
    let functions: Vec<_> = measured
        .iter()
        .flat_map(|m| &m.functions)
        .filter(|f| tests || !f.test)
        .map(|f| (f.place.clone(), f.lines))
        .collect();
    println!("{group}: {}", figures("files", &sizes));
    println!("{group}: {}; {}", figures("functions", &functions), long(&functions));
    let mut breaches = too_large(&sizes);
    if !tests {
        breaches.extend(file_breaches(&sizes));
        breaches.extend(function_breaches(&functions));
    }
    breaches
}

fn figures(what: &str, sizes: &[(String, usize)]) -> String {
    let (place, max) = sizes.iter().max_by_key(|s| s.1).cloned().unwrap_or_default();
    let total: usize = sizes.iter().map(|s| s.1).sum();
    format!(
        "{} {what}, {total} lines; half up to {}, nine of ten up to {}, largest {max} ({place})",
        sizes.len(),
        percentile(sizes, 50),
        percentile(sizes, 90),
    )
}

fn long(sizes: &[(String, usize)]) -> String {
    let long = sizes.iter().filter(|s| s.1 > FUNCTION_LONG).count();
    let percent = long as f64 * 100.0 / sizes.len().max(1) as f64;
    format!("{long} over {FUNCTION_LONG} ({percent:.1} %)")
}

/// The smallest size that this share does not exceed.
fn percentile(sizes: &[(String, usize)], percent: usize) -> usize {
    let mut sorted: Vec<_> = sizes.iter().map(|s| s.1).collect();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}

fn too_large(files: &[(String, usize)]) -> Vec<String> {
    let exempt = |path: &str| TABLES.iter().any(|(table, _)| *table == path);
    let large = files.iter().filter(|(path, lines)| *lines > FILE_MAX && !exempt(path));
    large.map(|(path, lines)| format!("{path}: {lines} lines, at most {FILE_MAX}")).collect()
}

fn file_breaches(files: &[(String, usize)]) -> Vec<String> {
    let bounds = [(50, FILE_P50_MAX), (90, FILE_P90_MAX)];
    past(
        bounds.map(|(percent, max)| {
            (format!("{percent} % of files"), percentile(files, percent), max)
        }),
    )
}

fn function_breaches(functions: &[(String, usize)]) -> Vec<String> {
    let long = functions.iter().filter(|f| f.1 > FUNCTION_LONG).count();
    let permille = long * 1000 / functions.len().max(1);
    let mut breaches = past([
        ("90 % of functions".to_owned(), percentile(functions, 90), FUNCTION_P90_MAX),
        (format!("functions over {FUNCTION_LONG} in 1000"), permille, FUNCTION_LONG_PERMILLE_MAX),
    ]);
    let large = functions.iter().filter(|f| f.1 > FUNCTION_MAX);
    breaches.extend(
        large.map(|(place, lines)| format!("{place}: {lines} lines, at most {FUNCTION_MAX}")),
    );
    breaches
}

fn past<const N: usize>(figures: [(String, usize, usize); N]) -> Vec<String> {
    let past = figures.into_iter().filter(|(_, is, max)| is > max);
    past.map(|(what, is, max)| format!("{what}: {is}, at most {max}")).collect()
}

fn measure(file: &File) -> Measured {
    let parsed = syn::parse_file(&file.text).unwrap_or_else(|e| panic!("{}: {e}", file.path));
    let measured = Measured {
        path: file.path.clone(),
        lines: file.text.lines().count(),
        ..Measured::default()
    };
    let mut visitor = Measuring { measured, test: false };
    visitor.visit_file(&parsed);
    visitor.measured
}

/// Walks a file and knows whether it is inside of test code.
struct Measuring {
    measured: Measured,
    test: bool,
}

impl Measuring {
    fn function(
        &mut self,
        signature: &syn::Signature,
        attributes: &[syn::Attribute],
        block: &syn::Block,
    ) {
        let (first, last) = (signature.span().start().line, block.span().end().line);
        let place = format!("{}:{first} {}", self.measured.path, signature.ident);
        let test = self.test || attributes.iter().any(is_test_attribute);
        self.measured.functions.push(Function { place, lines: last + 1 - first, test });
    }

    fn test_module(&mut self, module: &syn::ItemMod) {
        match module.content {
            Some(_) => {
                let (first, last) = (module.span().start().line, module.span().end().line);
                self.measured.test_lines += last + 1 - first;
            }
            None => {
                let owner = self.measured.path.trim_end_matches(".rs");
                let folder = match owner.rsplit_once('/') {
                    Some((folder, "mod" | "lib" | "main")) => folder,
                    _ => owner,
                };
                self.measured.test_modules.push(format!("{folder}/{}", module.ident));
            }
        }
    }
}

impl<'ast> Visit<'ast> for Measuring {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let outer = self.test;
        if !outer && module.attrs.iter().any(is_test_attribute) {
            self.test_module(module);
            self.test = true;
        }
        visit::visit_item_mod(self, module);
        self.test = outer;
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.function(&function.sig, &function.attrs, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.function(&function.sig, &function.attrs, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.function(&function.sig, &function.attrs, block);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

/// `#[test]`, `#[tokio::test]`, `#[rstest]`, `#[cfg(test)]`.
fn is_test_attribute(attribute: &syn::Attribute) -> bool {
    let last = attribute.path().segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
    match last.as_str() {
        "test" | "rstest" => true,
        "cfg" => attribute.parse_args::<syn::Ident>().is_ok_and(|argument| argument == "test"),
        _ => false,
    }
}

#[test]
fn each_bound_of_the_style_can_be_passed() {
    let sizes = |sizes: &[usize]| sizes.iter().map(|s| (format!("f{s}"), *s)).collect::<Vec<_>>();
    assert_none(file_breaches(&sizes(&[150, 150, 400])));
    assert_eq!(file_breaches(&sizes(&[151, 151, 400])).len(), 1);
    assert_eq!(file_breaches(&sizes(&[1, 1, 401])).len(), 1);
    assert_eq!(too_large(&sizes(&[800, 801])).len(), 1);
    assert_none(function_breaches(&sizes(&[35; 100])));
    assert_eq!(function_breaches(&sizes(&[36; 100])).len(), 1);
    let mut long = [1; 100];
    long[..2].fill(71);
    assert_eq!(function_breaches(&sizes(&long)).len(), 1);
    long = [1; 100];
    long[0] = 121;
    assert_eq!(function_breaches(&sizes(&long)).len(), 1);
}

#[test]
fn functions_are_measured_and_test_code_is_told_apart() {
    let text = "fn a() {\n}\nimpl B {\n    pub fn b(\n        &self,\n    ) {\n    }\n}\n#[cfg(test)]\nmod tests {\n    fn c() {}\n}\n#[cfg(test)]\nmod suite;\n";
    let measured = measure(&File { path: "src/x/y.rs".into(), text: text.into() });
    let seen: Vec<_> =
        measured.functions.iter().map(|f| (f.place.as_str(), f.lines, f.test)).collect();
    assert_eq!(
        seen,
        [("src/x/y.rs:1 a", 2, false), ("src/x/y.rs:4 b", 4, false), ("src/x/y.rs:11 c", 1, true)]
    );
    assert_eq!((measured.lines, measured.test_lines), (14, 4));
    assert_eq!(measured.test_modules, ["src/x/y/suite"]);
}
