//! Use case 9, an example: it says what it is asked, and keeps nothing.

use hei_proto::hei::example::v1::{Example, GetExampleRequest};
use hei_use_case::{Failed, Read, UseCase, query};
use hei_values::Violations;

/// What the node registers.
pub fn use_case() -> UseCase {
    UseCase {
        name: "uc9",
        claims: vec!["uc9/example@1"],
        campus: vec![query(check, handle)],
        ..UseCase::default()
    }
}

fn check(request: GetExampleRequest) -> Result<String, Violations> {
    Ok(request.name)
}

async fn handle(_: &Read, name: &String) -> Result<Example, Failed> {
    Ok(Example { name: name.clone() })
}
