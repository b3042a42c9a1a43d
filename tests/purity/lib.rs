//! The pure rooms of every use case, each compiled as a crate of its own with nothing in reach but the crates that
//! it may name: the contract, the values and the codecs. A line that speaks of a database, a runtime or a call, or a
//! meaning that speaks of a rule, does not compile here. Each room is one example target of this package.
//!
//! What a room may name is in reach:
//!
//! ```
//! use hei_elmo as _;
//! use hei_proto as _;
//! use hei_values as _;
//! ```
//!
//! What it may not name is not:
//!
//! ```compile_fail
//! use sea_orm as _;
//! ```
//! ```compile_fail
//! use hei_use_case as _;
//! ```
//! ```compile_fail
//! use tonic as _;
//! ```
//! ```compile_fail
//! use tokio as _;
//! ```
