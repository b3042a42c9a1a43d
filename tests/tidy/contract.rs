//! The contract: its shape after the API Improvement Proposals, and that every part of it is explained.
//! buf lints names and packages; what stands here is what buf cannot see.

use std::collections::BTreeSet;

use prost_reflect::{
    DescriptorPool, DynamicMessage, Kind, MessageDescriptor, MethodDescriptor, ReflectMessage as _,
};

use crate::assert_none;

#[test]
fn the_contract_has_the_shape_of_the_api_improvement_proposals() {
    let pool = DescriptorPool::decode(hei_proto::DESCRIPTOR_SET).unwrap();
    println!(
        "{} methods in {} services",
        methods(&pool).count(),
        pool.services().filter(|s| ours(s.full_name())).count()
    );
    assert_none(shape(&pool));
}

#[test]
fn every_part_of_the_contract_is_explained() {
    assert_none(unexplained(&DescriptorPool::decode(hei_proto::DESCRIPTOR_SET).unwrap()));
}

fn ours(name: &str) -> bool {
    name.starts_with("hei.")
}

fn methods(pool: &DescriptorPool) -> impl Iterator<Item = MethodDescriptor> {
    pool.services().filter(|s| ours(s.full_name())).flat_map(|s| s.methods().collect::<Vec<_>>())
}

fn shape(pool: &DescriptorPool) -> Vec<String> {
    let mut breaches: Vec<_> = methods(pool).flat_map(|m| of_method(&m)).collect();
    breaches
        .extend(pool.all_messages().filter(|m| ours(m.full_name())).flat_map(|m| of_message(&m)));
    breaches
}

fn of_method(method: &MethodDescriptor) -> Vec<String> {
    let peer = method.parent_service().name().ends_with("PeerService");
    let route = extension(&method.options(), "google.api.http").map(|rule| route(&rule));
    let mut wants: Vec<(bool, &str)> = vec![
        (extension(&method.options(), "hei.common.v1.access").is_some(), "has the option access"),
        (
            method.input().name() == format!("{}Request", method.name()),
            "takes a request of its own name",
        ),
    ];
    if peer {
        wants.push((route.is_none(), "has no google.api.http: peers call by gRPC"));
    } else {
        wants.push((route.is_some(), "has google.api.http"));
    }
    if let Some((verb, path)) = &route {
        wants.extend(of_route(method, verb, path));
    }
    if method.name().starts_with("List") {
        wants.extend(of_list(method));
    }
    wants
        .into_iter()
        .filter(|(kept, _)| !kept)
        .map(|(_, rule)| format!("{}: {rule}", method.full_name()))
        .collect()
}

/// AIP-127, -131 to -136, -154, -155.
fn of_route(method: &MethodDescriptor, verb: &str, path: &str) -> Vec<(bool, &'static str)> {
    let (input, name) = (method.input(), method.name());
    let on_resource = path.contains("{name=") || path.contains(".name=");
    let standard =
        ["Get", "List", "Create", "Update", "Delete"].iter().any(|prefix| name.starts_with(prefix));
    let reads = verb == "get";
    let mut wants = vec![
        (path.starts_with("/v1/"), "has a path below its version"),
        (verb != "put", "does not use PUT (AIP-127)"),
        (
            reads || has(&input, "request_id", Kind::String),
            "takes a request_id, for it changes something (AIP-155)",
        ),
        (
            reads || !on_resource || carries_etag(&input),
            "takes an etag, for it changes a resource (AIP-154)",
        ),
        (
            !on_resource || has(&input, "name", Kind::String) || name.starts_with("Update"),
            "takes a name (AIP-122)",
        ),
        (
            standard || path.contains(':'),
            "is a verb of its own, so its path ends in :verb (AIP-136)",
        ),
        (!name.starts_with("Get") && !name.starts_with("List") || reads, "reads by GET (AIP-131)"),
    ];
    if name.starts_with("Update") {
        let mask = Kind::Message(
            input
                .parent_pool()
                .get_message_by_name("google.protobuf.FieldMask")
                .unwrap_or(input.clone()),
        );
        wants.push((
            verb == "patch" && has(&input, "update_mask", mask),
            "is a PATCH with update_mask (AIP-134)",
        ));
    }
    wants
}

/// AIP-158.
fn of_list(method: &MethodDescriptor) -> Vec<(bool, &'static str)> {
    let (input, output) = (method.input(), method.output());
    let repeated = output.fields().filter(|field| field.is_list()).count();
    vec![
        (has(&input, "page_size", Kind::Int32), "takes page_size (AIP-158)"),
        (has(&input, "page_token", Kind::String), "takes page_token (AIP-158)"),
        (has(&output, "next_page_token", Kind::String), "answers next_page_token (AIP-158)"),
        (repeated == 1, "answers one list (AIP-158)"),
    ]
}

/// AIP-142 for times, AIP-154 for etags, and our own rule that a day is never an instant.
fn of_message(message: &MessageDescriptor) -> Vec<String> {
    let mut breaches = Vec::new();
    for field in message.fields() {
        let stamp = matches!(field.kind(), Kind::Message(m) if m.full_name() == "google.protobuf.Timestamp");
        let name = field.name();
        if stamp != name.ends_with("_time") {
            breaches.push(format!(
                "{}: _time and Timestamp belong together (AIP-142)",
                field.full_name()
            ));
        }
        if ["etag", "name", "request_id", "page_token"].contains(&name)
            && field.kind() != Kind::String
        {
            breaches.push(format!("{}: is a string", field.full_name()));
        }
        if matches!(field.kind(), Kind::Double | Kind::Float) {
            breaches.push(format!("{}: decimals are strings", field.full_name()));
        }
    }
    breaches
}

fn has(message: &MessageDescriptor, field: &str, kind: Kind) -> bool {
    message.get_field_by_name(field).is_some_and(|f| f.kind() == kind)
}

/// The request itself, or the resource in it, has an etag.
fn carries_etag(input: &MessageDescriptor) -> bool {
    let inside = |f: prost_reflect::FieldDescriptor| matches!(f.kind(), Kind::Message(m) if has(&m, "etag", Kind::String));
    has(input, "etag", Kind::String) || input.fields().any(inside)
}

fn extension(options: &DynamicMessage, name: &str) -> Option<DynamicMessage> {
    let extension = options.descriptor().parent_pool().get_extension_by_name(name)?;
    if !options.has_extension(&extension) {
        return None;
    }
    options.get_extension(&extension).as_message().cloned()
}

/// The verb and path of a google.api.HttpRule.
fn route(rule: &DynamicMessage) -> (String, String) {
    let verbs = ["get", "put", "post", "delete", "patch"];
    let set = verbs.iter().find(|verb| rule.has_field_by_name(verb)).copied().unwrap_or_default();
    let path = rule.get_field_by_name(set).and_then(|v| v.as_str().map(str::to_owned));
    (set.to_owned(), path.unwrap_or_default())
}

/// Every service, method, message, field, enum and enum value has a comment before it. Only the zero
/// value of an enum needs none: it means that nothing was said.
fn unexplained(pool: &DescriptorPool) -> Vec<String> {
    let mut breaches = Vec::new();
    for file in pool.files().filter(|f| ours(f.package_name())) {
        let proto = file.file_descriptor_proto();
        let places = proto.source_code_info.iter().flat_map(|info| &info.location);
        let explained: BTreeSet<_> = places
            .filter(|l| l.leading_comments().trim().len() > 2)
            .map(|l| l.path.clone())
            .collect();
        let mut want = |path: &[i32], name: &str| {
            if !explained.contains(path) && !name.ends_with("_UNSPECIFIED") {
                breaches.push(format!("{name}: has no comment"));
            }
        };
        for message in pool.all_messages().filter(|m| *m.parent_file_descriptor_proto() == *proto) {
            want(message.path(), message.full_name());
            message.fields().for_each(|field| want(field.path(), field.full_name()));
        }
        for enumeration in pool.all_enums().filter(|e| *e.parent_file_descriptor_proto() == *proto)
        {
            want(enumeration.path(), enumeration.full_name());
            enumeration.values().for_each(|value| want(value.path(), value.full_name()));
        }
        for service in file.services() {
            want(service.path(), service.full_name());
            service.methods().for_each(|method| want(method.path(), method.full_name()));
        }
    }
    breaches
}

/// The contract with one word exchanged for another of the same length, so that its framing holds.
fn with(word: &str, other: &str) -> DescriptorPool {
    assert_eq!(word.len(), other.len());
    let mut bytes = hei_proto::DESCRIPTOR_SET.to_vec();
    let places: Vec<_> = bytes
        .windows(word.len())
        .enumerate()
        .filter(|(_, w)| *w == word.as_bytes())
        .map(|(n, _)| n)
        .collect();
    assert!(!places.is_empty(), "{word} does not stand in the contract");
    for place in places {
        bytes[place..place + word.len()].copy_from_slice(other.as_bytes());
    }
    DescriptorPool::decode(bytes.as_slice()).unwrap()
}

#[test]
fn each_rule_of_the_shape_can_be_broken() {
    let mutants = [
        ("request_id", "request_ix", "request_id"),
        ("page_size", "page_sizx", "takes page_size"),
        ("page_token", "page_tokex", "takes page_token"),
        ("next_page_token", "next_page_tokex", "answers next_page_token"),
        ("create_time", "create_tixx", "_time and Timestamp"),
        ("/v1/transcripts:import", "/v1/transcripts-import", "ends in :verb"),
        ("/v1/node", "/v2/node", "below its version"),
        ("GetNodeRequest", "GetNodeInquiry", "request of its own name"),
    ];
    for (word, other, rule) in mutants {
        let found = shape(&with(word, other));
        assert!(found.iter().any(|breach| breach.contains(rule)), "{word} → {other}: {found:?}");
    }
}

#[test]
fn a_part_without_comment_is_found() {
    let comment = " What this node is.";
    let found = unexplained(&with(comment, &" ".repeat(comment.len())));
    assert_eq!(found, ["hei.node.v1.NodeService: has no comment"]);
}
