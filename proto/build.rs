//! Turns the contract into Rust: the messages (by prost), and for each method
//! and each kind of message one `impl` that says what the contract says of it.
//! A method without access rule, one that moves personal data and has no purpose,
//! or one that streams both ways, stops the build here.
#![allow(clippy::disallowed_methods)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use prost_reflect::{
    DescriptorPool, DynamicMessage, Kind, MessageDescriptor, MethodDescriptor, ReflectMessage as _,
    Value,
};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// The one service of Google's that the contract serves.
const OPERATIONS: &str = "google/longrunning/operations.proto";

fn main() -> Outcome<()> {
    let mut files = proto_files(Path::new("hei"))?;
    files.push(PathBuf::from(OPERATIONS));
    let mut compiler = protox::Compiler::new(["."])?;
    compiler.include_imports(true).include_source_info(true);
    compiler.open_files(&files)?;
    // prost_types would drop the options, so the pool reads the compiler's own bytes.
    let encoded = compiler.encode_file_descriptor_set();
    let pool = DescriptorPool::decode(encoded.as_slice())?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("contract.binpb"), &encoded)?;
    fs::write(out.join("contract.rs"), contract(&pool)?)?;

    prost_build::Config::new()
        .btree_map(["."])
        .bytes(["."])
        .include_file("messages.rs")
        .compile_fds(compiler.file_descriptor_set())?;
    println!("cargo:rerun-if-changed=hei");
    println!("cargo:rerun-if-changed=google");
    Ok(())
}

fn proto_files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(proto_files(&path)?);
        } else if path.extension().is_some_and(|e| e == "proto") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn contract(pool: &DescriptorPool) -> Outcome<String> {
    let mut code = String::new();
    let served = |name: &str| name.starts_with("hei.") || name == "google.longrunning.Operations";
    for service in pool.services().filter(|s| served(s.full_name())) {
        for method in service.methods() {
            code.push_str(&rpc(&method)?);
        }
    }
    let mut kinds = BTreeSet::new();
    for message in pool.all_messages().filter(|m| m.full_name().starts_with("hei.")) {
        if let Some(kind) = option(&message.options(), "hei.common.v1.kind") {
            let listed = format!("{}/{}", text(&kind, "name"), number(&kind, "version"));
            if listed.ends_with("/0") || !kinds.insert(listed.clone()) {
                let told =
                    format!("{}: {listed} stands twice or has no version", message.full_name());
                return Err(told.into());
            }
            code.push_str(&kind_impl(pool, &message, &kind)?);
        }
    }
    Ok(code)
}

/// The value of an extension, where it is set.
fn option(options: &DynamicMessage, name: &str) -> Option<DynamicMessage> {
    let extension = options.descriptor().parent_pool().get_extension_by_name(name)?;
    match options.has_extension(&extension) {
        true => options.get_extension(&extension).as_message().cloned(),
        false => None,
    }
}

fn rpc(method: &MethodDescriptor) -> Outcome<String> {
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    let access = option(&method.options(), "hei.common.v1.access")
        .ok_or_else(|| format!("{path}: option (hei.common.v1.access) is missing"))?;
    let personal = match number(&access, "data") {
        1 => false,
        2 => true,
        _ => return Err(format!("{path}: access.data is not set").into()),
    };
    let input = method.input();
    if personal && input.get_field_by_name("purpose").is_none() {
        return Err(format!("{path}: moves personal data and has no field purpose").into());
    }
    let rights = access.get_field_by_name("serves_rights").and_then(|v| v.as_bool());
    let rights = rights.unwrap_or_default();
    let roles = roles(&path, &access)?;
    let bytes = match number(&access, "max_request_bytes") {
        0 => 1 << 20,
        set => set,
    };
    let mut code = String::new();
    writeln!(code, "impl crate::Rpc for {} {{", rust_path(&input))?;
    writeln!(code, "    type Answer = {};", rust_path(&method.output()))?;
    writeln!(code, "    const PATH: &'static str = {path:?};")?;
    writeln!(
        code,
        "    const ACCESS: crate::Access = crate::Access {{ roles: &[{roles}], personal: {personal}, serves_rights: {rights}, request_bytes_max: {bytes} }};"
    )?;
    for (field, kind) in [("request_id", "&str"), ("etag", "&str")] {
        let value = match input.get_field_by_name(field) {
            Some(_) => format!("Some(self.{field}.as_str())"),
            None => "None".to_owned(),
        };
        writeln!(code, "    fn {field}(&self) -> Option<{kind}> {{ {value} }}")?;
    }
    let purpose = match input.get_field_by_name("purpose") {
        Some(_) => "self.purpose.as_ref()",
        None => "None",
    };
    writeln!(
        code,
        "    fn purpose(&self) -> Option<&crate::hei::common::v1::CodedValue> {{ {purpose} }}"
    )?;
    code.push_str("}\n");
    code.push_str(&shape(&path, method)?);
    Ok(code)
}

/// What the constructors of handlers go by.
fn shape(path: &str, method: &MethodDescriptor) -> Outcome<String> {
    let request = rust_path(&method.input());
    match (method.is_client_streaming(), method.is_server_streaming()) {
        (false, false) => Ok(format!("impl crate::Unary for {request} {{}}\n")),
        (false, true) => Ok(format!("impl crate::Feed for {request} {{}}\n")),
        (true, false) => upload(path, &method.input()),
        (true, true) => Err(format!("{path}: streams both ways, and no handler does").into()),
    }
}

/// An upload's messages are one type: the first says what comes, all carry chunks.
fn upload(path: &str, input: &MessageDescriptor) -> Outcome<String> {
    for (field, kind) in [("chunk", Kind::Bytes), ("size_bytes", Kind::Int64)] {
        if input.get_field_by_name(field).is_none_or(|found| found.kind() != kind) {
            return Err(format!("{path}: an upload needs the field {field}, {kind:?}").into());
        }
    }
    Ok(format!(
        "impl crate::Upload for {} {{
    fn size_bytes(&self) -> i64 {{ self.size_bytes }}
    fn take_chunk(&mut self) -> prost::bytes::Bytes {{ std::mem::take(&mut self.chunk) }}
}}
",
        rust_path(input)
    ))
}

fn roles(path: &str, access: &DynamicMessage) -> Outcome<String> {
    let field = access.get_field_by_name("roles").ok_or("roles")?;
    let numbers: Vec<i32> =
        field.as_list().unwrap_or_default().iter().filter_map(Value::as_enum_number).collect();
    if numbers.is_empty() || numbers.contains(&0) {
        return Err(format!("{path}: access.roles is empty or holds ROLE_UNSPECIFIED").into());
    }
    let enumeration = access
        .descriptor()
        .parent_pool()
        .get_enum_by_name("hei.common.v1.Role")
        .ok_or("hei.common.v1.Role")?;
    let names = numbers.iter().filter_map(|n| enumeration.get_value(*n)).map(|v| {
        format!("crate::hei::common::v1::Role::{}", camel(v.name().trim_start_matches("ROLE_")))
    });
    Ok(names.collect::<Vec<_>>().join(", "))
}

fn kind_impl(
    pool: &DescriptorPool,
    message: &MessageDescriptor,
    kind: &DynamicMessage,
) -> Outcome<String> {
    let (name, answer) = (text(kind, "name"), text(kind, "answer"));
    let answer = pool
        .get_message_by_name(&answer)
        .ok_or_else(|| format!("{}: its answer {answer} is no message", message.full_name()))?;
    let mut code = String::new();
    writeln!(code, "impl crate::Kind for {} {{", rust_path(message))?;
    writeln!(code, "    type Answer = {};", rust_path(&answer))?;
    writeln!(code, "    const NAME: &'static str = {name:?};")?;
    writeln!(code, "    const VERSION: u32 = {};", number(kind, "version"))?;
    code.push_str("}\n");
    Ok(code)
}

fn number(message: &DynamicMessage, field: &str) -> u32 {
    message.get_field_by_name(field).map_or(0, |v| {
        v.as_u32().unwrap_or_else(|| v.as_enum_number().map_or(0, i32::unsigned_abs))
    })
}

fn text(message: &DynamicMessage, field: &str) -> String {
    message.get_field_by_name(field).and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

fn rust_path(message: &MessageDescriptor) -> String {
    // As prost has it.
    if message.full_name() == "google.protobuf.Empty" {
        return "()".to_owned();
    }
    let package = message.package_name().replace('.', "::");
    format!("crate::{package}::{}", message.name())
}

/// CATALOGUE_EDITOR → CatalogueEditor, as prost names enum values.
fn camel(name: &str) -> String {
    let word = |w: &str| {
        let (head, tail) = w.split_at(1);
        format!("{head}{}", tail.to_lowercase())
    };
    name.split('_').filter(|w| !w.is_empty()).map(word).collect()
}
