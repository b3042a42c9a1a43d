//! hei-elmo: an address of the EWP type FlexibleAddress, its lines in a
//! namespace of their own.

use hei_xml::{Element, Writer};

use crate::model::{Address, AddressPart};
use crate::notes::{Notes, shown};
use crate::vocabulary::{ADDRESS_NAMESPACE, ADDRESS_PARTS};

const ADDRESS_LINES_MAX: usize = 4;

pub(crate) fn read(element: Element<'_>, notes: &mut Notes) -> Option<Address> {
    notes.attributes(element, &[]);
    if !element.text().trim_ascii().is_empty() {
        let text = shown(element.text().trim_ascii());
        notes.dropped(element.path(), "STRAY_TEXT", format!("text {text} stands in the address"));
    }
    let mut parts = Vec::new();
    for child in element.children() {
        let name = ADDRESS_PARTS.iter().find(|name| **name == child.name());
        match name {
            Some(name) if child.namespace() == ADDRESS_NAMESPACE => {
                let text = notes.prose(child).text;
                parts.push(AddressPart { name, text });
            }
            _ => notes.unknown(child),
        }
    }
    (!parts.is_empty()).then_some(Address { parts })
}

/// The lines that the schema has a place for, in its order: lines as a list or
/// in their parts, never both.
pub(crate) fn fitting(address: &Address) -> Vec<&AddressPart> {
    let listed = address.parts.iter().any(|part| part.name == "addressLine");
    let mut out: Vec<&AddressPart> = Vec::new();
    for name in ADDRESS_PARTS {
        let most = match *name {
            "recipientName" => usize::MAX,
            "addressLine" => ADDRESS_LINES_MAX,
            "deliveryPointCode" if !listed => usize::MAX,
            "postalCode" | "locality" | "region" | "country" => 1,
            _ if listed => 0,
            _ => 1,
        };
        let found = address.parts.iter().filter(|part| part.name == *name && fits(part));
        out.extend(found.take(most));
    }
    out
}

fn fits(part: &AddressPart) -> bool {
    let two_letters = part.text.len() == 2 && part.text.bytes().all(|it| it.is_ascii_uppercase());
    part.name != "country" || two_letters
}

pub(crate) fn write(address: &Address, out: &mut Writer) {
    out.start("currentAddress", &[]);
    for part in fitting(address) {
        out.leaf(part.name, &[("xmlns", ADDRESS_NAMESPACE)], &part.text);
    }
    out.end();
}
