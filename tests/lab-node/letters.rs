//! A use case of the laboratory: letters between nodes, of which each node takes the
//! versions that it is told. It keeps nothing; the sender's outbox shows what came of it.

use hei_messaging::outbox;
use hei_testkit::letters::{LetterV1, LetterV2, Postcard, TAKEN, WriteRequest, WriteResponse};
use hei_use_case::{Call, Failed, Received, UseCase, command, received};
use hei_values::{HeiId, Outgoing, Purpose, Violation, Violations, name};

/// What is to be written.
struct Writing {
    to: HeiId,
    request: WriteRequest,
}

/// Writes letters in both versions and takes those that the environment names.
pub fn use_case() -> UseCase {
    let taken = std::env::var(TAKEN).unwrap_or_default();
    let takes = |version: &str| taken.split(',').any(|one| one == version);
    let mut kinds: Vec<Received> = vec![received(check_postcard, take::<Postcard>)];
    kinds.extend(takes("1").then(|| received(check_first, take::<LetterV1>)));
    kinds.extend(takes("2").then(|| received(check_second, take::<LetterV2>)));
    UseCase {
        name: "lab",
        campus: vec![command(check, write)],
        received: kinds,
        ..UseCase::default()
    }
}

fn check(request: WriteRequest) -> Result<Writing, Violations> {
    Ok(Writing { to: HeiId::read("to", &request.to)?, request })
}

async fn write(call: &mut Call, it: &Writing) -> Result<WriteResponse, Failed> {
    let (to, about) = (it.to.clone(), it.request.about.as_str());
    let text = format!("about {about}");
    let outgoing = match it.request.postcard {
        true => Outgoing::new(to, &Postcard { text }, about, Purpose::Recognition),
        false => {
            let newest = LetterV2 { pages: vec![text.clone()] };
            Outgoing::new(to, &newest, about, Purpose::Recognition).or(&LetterV1 { text })
        }
    };
    let id = outbox::enqueue(call.conn(), call.desk(), outgoing, None, call.now()).await?;
    Ok(WriteResponse { message: name::of("messages", id) })
}

fn check_first(letter: LetterV1) -> Result<LetterV1, Violations> {
    match letter.text.is_empty() {
        true => Err(Violation::missing("text").into()),
        false => Ok(letter),
    }
}

fn check_second(letter: LetterV2) -> Result<LetterV2, Violations> {
    match letter.pages.is_empty() {
        true => Err(Violation::missing("pages").into()),
        false => Ok(letter),
    }
}

fn check_postcard(postcard: Postcard) -> Result<Postcard, Violations> {
    Ok(postcard)
}

async fn take<K: Send + Sync>(_: &mut Call, _: &K) -> Result<(), Failed> {
    Ok(())
}
