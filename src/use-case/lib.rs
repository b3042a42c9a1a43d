//! All that the author of a use case imports: how a use case registers, the one
//! shape of a handler, and what a handler may do while it runs. Knows neither
//! tonic nor any use case.

mod apart;
mod call;
mod changes;
mod claim;
mod deliver;
mod deposit;
mod effects;
mod feed;
mod handler;
mod job;
mod limits;
mod node;
mod read;
mod received;
pub mod rights;
mod run;
mod runner;
mod spool;
mod table;
mod upload;

pub use call::Call;
pub use changes::{Changes, Sight};
pub use deliver::peer_handlers;
pub use deposit::{Deposited, Described, deposit};
pub use effects::Kinds;
pub use feed::{Feed, feed};
pub use handler::{Handle, Handler, command, errand, query};
pub use hei_store::{Conn, Failed};
pub use job::{Job, OPERATIONS, Running, Step, job};
pub use node::{Node, UseCase};
pub use read::{Page, Read};
pub use received::{Answered, Received, answered, received};
pub use rights::{SubjectData, subject_data};
pub use run::Messages;
pub use runner::Jobs;
pub use spool::Spool;
pub use table::{Key, Table};
pub use upload::{Uploaded, upload};
