//! All that the author of a use case imports: how a use case registers, the one
//! shape of a handler, and what a handler may do while it runs. Knows neither
//! tonic nor any use case.

mod call;
mod claim;
mod deliver;
mod effects;
mod handler;
mod node;
mod read;
mod received;
mod table;

pub use call::Call;
pub use deliver::peer_handlers;
pub use effects::Kinds;
pub use handler::{Handle, Handler, command, errand, query};
pub use hei_store::{Conn, Failed};
pub use node::{Node, UseCase};
pub use read::{Page, Read};
pub use received::{Answered, Received, answered, received};
pub use table::{Key, Table};
