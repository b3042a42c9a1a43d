//! What holds in a node's tables at every moment: nothing is there by halves.

use hei_testkit::tables::Tables;

/// The tables that commands of the campus add rows to, and a delivery does not.
const OF_COMMANDS: [&str; 7] = [
    "uc6_transcripts",
    "uc6_documents",
    "uc6_recipients",
    "outbox",
    "answers",
    "disclosures",
    "subjects",
];

/// How many rows commands have made.
pub async fn rows(tables: &Tables) -> i64 {
    let counts = OF_COMMANDS.map(|table| format!("(SELECT count(*) FROM {table})"));
    tables.number(&format!("SELECT {}", counts.join(" + "))).await
}

/// Fails with every rule that does not hold. Each rule is one statement, which sees one
/// moment, and counts what breaks it.
pub async fn must_be(whose: &str, tables: &Tables) {
    let mut broken = Vec::new();
    for (rule, sql) in messages(tables).into_iter().chain(records(tables)) {
        let found = tables.number(&sql).await;
        if found != 0 {
            broken.push(format!("{rule} (by {found})"));
        }
    }
    assert!(broken.is_empty(), "{whose}: {}", broken.join("; "));
}

/// Nothing waits any more.
pub async fn must_be_done(whose: &str, tables: &Tables) {
    let waits = "SELECT count(*) FROM outbox WHERE state <> 'delivered'";
    assert_eq!(tables.number(waits).await, 0, "{whose} has messages that wait");
}

/// How many messages a node has sent.
pub async fn sent(tables: &Tables) -> i64 {
    tables.number("SELECT count(*) FROM outbox").await
}

/// How many it has taken.
pub async fn taken(tables: &Tables) -> i64 {
    tables.number("SELECT count(*) FROM inbox").await
}

/// The entries about a message in the outbox (`o`) or inbox (`i`).
fn entries(tables: &Tables, happened: &str, id: &str) -> String {
    let id = tables.digits_of_uuid(id);
    format!(
        "(SELECT count(*) FROM evidence_entries e WHERE e.happened = '{happened}' \
         AND replace(e.message_id, '-', '') = {id})"
    )
}

fn messages(tables: &Tables) -> Vec<(&'static str, String)> {
    let sent = entries(tables, "sent", "o.id");
    let delivered = entries(tables, "delivered", "o.id");
    let received = entries(tables, "received", "i.message_id");
    let orphans = |happened: &str, table: &str, id: &str| {
        let id = tables.digits_of_uuid(id);
        format!(
            "SELECT count(*) FROM evidence_entries e WHERE e.happened = '{happened}' AND NOT EXISTS \
             (SELECT 1 FROM {table} WHERE {id} = replace(e.message_id, '-', ''))"
        )
    };
    let is_delivered = "CASE WHEN o.state = 'delivered' THEN 1 ELSE 0 END";
    vec![
        (
            "each message has one entry that it was sent",
            format!("SELECT count(*) FROM outbox o WHERE {sent} <> 1"),
        ),
        ("no entry of a send is without its message", orphans("sent", "outbox o", "o.id")),
        (
            "a message is delivered where there is one entry of it, and nowhere else",
            format!("SELECT count(*) FROM outbox o WHERE {delivered} <> {is_delivered}"),
        ),
        (
            "a message is delivered where there is a receipt, and nowhere else",
            "SELECT count(*) FROM outbox o WHERE (o.state = 'delivered') <> (o.receipt IS NOT NULL) \
             OR (o.receipt IS NULL) <> (o.receipt_signature IS NULL)"
                .to_owned(),
        ),
        (
            "the numbers of an order key have no gap",
            "SELECT count(*) FROM order_counters c WHERE c.last_seq <> (SELECT count(*) FROM outbox o \
             WHERE o.peer = c.peer AND o.order_key = c.order_key AND o.order_seq <= c.last_seq)"
                .to_owned(),
        ),
        (
            "each message that was taken has one entry",
            format!("SELECT count(*) FROM inbox i WHERE {received} <> 1"),
        ),
        (
            "no entry of a taking is without its message",
            orphans("received", "inbox i", "i.message_id"),
        ),
    ]
}

fn records(tables: &Tables) -> Vec<(&'static str, String)> {
    let same = format!("{} = {}", tables.digits_of_uuid("e.id"), tables.digits_of_uuid("d.id"));
    let answered =
        |method: &str| format!("SELECT count(*) FROM answers WHERE method LIKE '%/{method}'");
    let documents = |state: &str| {
        format!(
            "SELECT count(*) FROM uc6_documents d JOIN uc6_transcripts t ON t.id = d.transcript_id \
             WHERE t.state = '{state}'"
        )
    };
    let differ = |one: &str, other: &str| format!("SELECT abs(({one}) - ({other}))");
    vec![
        (
            "each message has one recipient, who has taken the record when it is delivered",
            "SELECT count(*) FROM outbox o WHERE 1 <> (SELECT count(*) FROM uc6_recipients r \
             WHERE r.message_id = o.id AND (r.state = 'taken') = (o.state = 'delivered'))"
                .to_owned(),
        ),
        (
            "no recipient is without its message",
            differ("SELECT count(*) FROM uc6_recipients", "SELECT count(*) FROM outbox"),
        ),
        (
            "each disclosure has its entry",
            format!(
                "SELECT count(*) FROM disclosures d WHERE 1 <> (SELECT count(*) FROM evidence_entries e \
             WHERE e.happened = 'disclosed' AND {same})"
            ),
        ),
        (
            "no entry of a disclosure is without it",
            differ(
                "SELECT count(*) FROM evidence_entries WHERE happened = 'disclosed'",
                "SELECT count(*) FROM disclosures",
            ),
        ),
        (
            "each message is disclosed",
            differ(
                "SELECT count(*) FROM disclosures WHERE channel = 'message'",
                "SELECT count(*) FROM outbox",
            ),
        ),
        (
            "each revision of a record has its document",
            differ(
                "SELECT COALESCE(CAST(sum(revision) AS BIGINT), 0) FROM uc6_transcripts",
                "SELECT count(*) FROM uc6_documents",
            ),
        ),
        (
            "each record is of a person who is here",
            "SELECT count(*) FROM uc6_transcripts t WHERE NOT EXISTS \
             (SELECT 1 FROM subjects s WHERE s.id = t.subject_id)"
                .to_owned(),
        ),
        (
            "each answered import has its document, and each document its answer",
            differ(&answered("ImportTranscript"), &documents("imported")),
        ),
        (
            "each answered send has its message, and each message its answer",
            differ(&answered("SendTranscript"), "SELECT count(*) FROM outbox"),
        ),
        (
            "each message that was taken has its document, and each document its message",
            differ(&documents("received"), "SELECT count(*) FROM inbox"),
        ),
    ]
}
