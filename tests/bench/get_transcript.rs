//! What a record costs that is read from the database. Its floor is a bare call that
//! answers as many bytes, and the row by its primary key on a connection that is held, by
//! sqlx alone from the same file (B2 of the set of benchmarks, with the bare call for B1).

use std::path::Path;
use std::str::FromStr as _;

use hei_proto::hei::credentials::v1::GetTranscriptRequest;
use hei_testkit::nodes::Node;
use hei_testkit::scratch::Folder;
use prost::Message as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Row as _};

use crate::echo::{self, Echo};
use crate::figures::{Aim, Report, ratio};
use crate::load::Load;
use crate::processes::{Process, Ran, cpu_us, per_second};
use crate::{Plan, elmo, place};

/// Times the processor time of the bare call and the bare row together.
const TIMES: Aim = Aim::AtMost(2.0);

pub async fn measure(plan: Plan, report: &Report) {
    for courses in [1, 60] {
        let folder = Folder::new();
        let alpha = place::one(folder.path());
        let name = place::imported(&alpha, elmo::transcript(1, courses)).await;
        record(&alpha, &name, courses, plan, report).await;
    }
}

async fn record(alpha: &Node, name: &str, courses: usize, plan: Plan, report: &Report) {
    let request = GetTranscriptRequest { name: name.to_owned(), purpose: place::why("credential") };
    let load = async |to| Load::plain(to, request.clone()).await.with_token_of("sis");
    let node = load(alpha.ports.campus).await;
    let bytes = node.ask().await.encoded_len();
    let floor = Echo::plain(bytes);
    let bare = load(floor.address).await.at(echo::PATH);
    let process = Process::of(alpha.pid());
    let mut row = Held::open(&alpha.folder).await;
    node.warm_up().await;
    bare.warm_up().await;
    let (mut own, mut calls, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        calls.push(bare.run(&floor.process, plan.seconds).await);
        rows.push(row.read(plan.seconds).await);
        own.push(node.run(&process, plan.seconds).await);
        place::forget_log(alpha);
    }
    let what = format!("GetTranscript, {courses} courses, {bytes} bytes");
    tell(&what, [&own, &calls, &rows].map(|rounds| rounds.as_slice()), report);
}

fn tell(what: &str, [own, calls, rows]: [&[Ran]; 3], report: &Report) {
    report.say(what, "µs of CPU a call", &cpu_us(own));
    report.say("", "calls/s", &per_second(own));
    report.say("tonic echo, same bytes", "µs of CPU a call", &cpu_us(calls));
    report.say("sqlx by primary key, connection held", "µs of CPU a row", &cpu_us(rows));
    let (own, rows) = (cpu_us(own), cpu_us(rows));
    let both: Vec<f64> = cpu_us(calls).iter().zip(&rows).map(|(call, row)| call + row).collect();
    report.judge("  CPU, times (echo + sqlx)", "", &ratio(&own, &both), TIMES);
    report.say("  CPU, times sqlx alone", "", &ratio(&own, &rows));
}

/// A connection to the node's database, and the key of its one record.
struct Held {
    connection: SqliteConnection,
    institution: Vec<u8>,
    id: Vec<u8>,
}

impl Held {
    async fn open(data: &Path) -> Self {
        let url = format!("sqlite:{}", data.join("node.db").display());
        let options = SqliteConnectOptions::from_str(&url).unwrap().read_only(true);
        let mut connection = options.connect().await.unwrap();
        let key = sqlx::query("SELECT institution_id, id FROM uc6_transcripts");
        let key = key.fetch_one(&mut connection).await.unwrap();
        Self { connection, institution: key.get(0), id: key.get(1) }
    }

    async fn read(&mut self, seconds: f64) -> Ran {
        let (own, began, mut times) = (Process::own(), std::time::Instant::now(), 0.0);
        let cpu = own.cpu_seconds();
        while began.elapsed().as_secs_f64() < seconds {
            let row =
                sqlx::query("SELECT * FROM uc6_transcripts WHERE institution_id = ? AND id = ?")
                    .bind(&self.institution)
                    .bind(&self.id)
                    .fetch_one(&mut self.connection);
            std::hint::black_box(row.await.unwrap().get::<Vec<u8>, _>("body"));
            times += 1.0;
        }
        let seconds = began.elapsed().as_secs_f64();
        Ran { times, seconds, cpu_seconds: own.cpu_seconds() - cpu }
    }
}
