//! Use case 6, what it means: knows no rule.
#![allow(dead_code)]

#[path = "../../use-cases/uc6-credentials/src/limits.rs"]
pub mod limits;
#[path = "../../use-cases/uc6-credentials/src/semantic/mod.rs"]
pub mod semantic;
