//! Use case 6, what is allowed: may speak of meaning.
#![allow(dead_code)]

#[path = "../../use-cases/uc6-credentials/src/limits.rs"]
pub mod limits;
#[path = "../../use-cases/uc6-credentials/src/organisational/mod.rs"]
pub mod organisational;
#[path = "../../use-cases/uc6-credentials/src/refusal.rs"]
pub mod refusal;
#[path = "../../use-cases/uc6-credentials/src/semantic/mod.rs"]
pub mod semantic;
