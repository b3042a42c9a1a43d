//! Use case 6, credentials: transcripts of records so far. This file is its table
//! of contents; the story stands in the README beside `src`.

mod limits;
mod organisational;
mod refusal;
mod semantic;
mod settings;
mod technical;

use hei_proto::hei::credentials::v1::{TranscriptSent, TranscriptWithdrawn};
use hei_use_case::{UseCase, answered, command, deposit, feed, query, received, subject_data};
use technical::importing;
use technical::written::Writer;
use technical::{answered as answers, campus::transcripts, peer, received as messages};

pub use semantic::document::{Document, Limits};
pub use semantic::elm::Issuer;
pub use semantic::inspection::{Forms, Inspection, inspect};
pub use semantic::record::display_name;
pub use settings::{Claim, Settings};
pub use technical::archive;

/// What the node registers.
pub fn use_case(settings: &Settings, issuer: &Issuer) -> UseCase {
    let limits = settings.document_limits();
    let writer = Writer { issuer: issuer.clone(), limits };
    let exporter = writer.clone();
    let (issues, receives) = (Claim::Issuer.name(), Claim::Receiver.name());
    UseCase {
        name: "uc6",
        standards: vec!["ELMO 1.6", "ELMO 1.7", "ELMO 2.1.1", "ELM 3.1", "ELM 3.2"],
        campus: vec![
            command(move |it| transcripts::import::check(it, &limits), transcripts::import::handle),
            deposit(
                transcripts::import_many::check,
                transcripts::import_many::describe,
                transcripts::import_many::handle,
            ),
            query(transcripts::import_rows::check, transcripts::import_rows::handle),
            query(transcripts::get::check, transcripts::get::handle),
            query(transcripts::list::check, transcripts::list::handle),
            query(transcripts::changes::check, transcripts::changes::handle),
            feed(transcripts::changes::check_watch, transcripts::changes::watch),
            query(move |it| transcripts::export::check(it, &exporter), transcripts::export::handle),
            command(move |it| transcripts::send::check(it, &writer), transcripts::send::handle)
                .of(issues),
            command(transcripts::withdraw::check, transcripts::withdraw::handle).of(issues),
        ],
        peer: vec![
            query(peer::transcripts::fetch::check, peer::transcripts::fetch::handle).of(issues),
            query(peer::transcripts::list_sent::check, peer::transcripts::list_sent::handle)
                .of(issues),
        ],
        received: vec![
            received(
                move |it| messages::transcript::check(it, &limits),
                messages::transcript::handle,
            )
            .of(receives),
            received(messages::withdrawal::check, messages::withdrawal::handle).of(receives),
        ],
        answered: vec![
            answered::<TranscriptSent, _>(answers::transcript::handle),
            answered::<TranscriptWithdrawn, _>(answers::withdrawal::handle),
        ],
        migrations: technical::migrations::all(),
        jobs: vec![importing::imports(limits)],
        machines: organisational::machines(),
        subject_data: vec![subject_data::<technical::Transcripts>()],
        ..UseCase::default()
    }
    .claiming(settings.claims.iter().map(|claim| claim.name()).collect())
}
