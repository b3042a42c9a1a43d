//! What can be typed.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// The interoperability node of a university.
#[derive(Debug, Parser)]
#[command(name = "hei-node", version, about, long_about = None, propagate_version = true)]
pub struct Arguments {
    /// The configuration file (TOML); without one: SQLite in ./data, loopback, development.
    #[arg(long, short, global = true, env = "HEI_CONFIG")]
    pub config: Option<PathBuf>,
    /// One JSON object a line on standard output.
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs the node until SIGTERM or Ctrl-C.
    Serve(ServeOptions),
    /// Three universities on this machine live through one learner's journey.
    Demo(DemoOptions),
    /// Brings the database to the schema of this version.
    Migrate,
    /// Looks at the configuration.
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Whether a node, this one or any other, keeps what the use cases ask.
    Conformance {
        #[command(subcommand)]
        command: ConformanceCommand,
    },
    /// The partners whose nodes this node trusts.
    Peer {
        #[command(subcommand)]
        command: PeerCommand,
    },
    /// What this node sends, and what became of it.
    Message {
        #[command(subcommand)]
        command: MessageCommand,
    },
    /// The node's long work: imports, sweeps.
    Jobs {
        #[command(subcommand)]
        command: JobsCommand,
    },
    /// Takes in documents that the institution has.
    Import {
        #[command(subcommand)]
        what: Import,
    },
    /// Says what a document is, who issued it for whom, what it says and would lose; needs no node.
    Inspect {
        /// The document; "-" reads standard input.
        file: PathBuf,
    },
    /// Writes a record as a document of the field.
    Export {
        #[command(subcommand)]
        what: Export,
    },
    /// Sends a record to a partner.
    Send {
        #[command(subcommand)]
        what: Send,
    },
}

#[derive(Debug, Args, Default)]
pub struct ServeOptions {
    /// Ends when standard input closes: for a parent process that starts nodes.
    #[arg(long, hide = true)]
    pub until_stdin_closes: bool,
}

#[derive(Debug, Args)]
pub struct DemoOptions {
    /// Ends after the journey and keeps the data folders.
    #[arg(long)]
    pub once: bool,
    /// Where the three nodes keep their data; a new folder in the temporary folder otherwise.
    #[arg(long)]
    pub folder: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Says whether `serve` would start with it.
    Check,
    /// Prints every key with its default and what it is for.
    Default,
}

#[derive(Debug, Subcommand)]
pub enum ConformanceCommand {
    /// Runs the scenarios against a node that was set up for it (docs/operations/conformance.md).
    Run(ConformanceOptions),
}

#[derive(Debug, Args)]
pub struct ConformanceOptions {
    /// The campus listener of the node, as http://127.0.0.1:8401.
    #[arg(long)]
    pub target: String,
    /// A file of lines `role = "token"`: what the campus listener knows the suite by.
    #[arg(long)]
    pub tokens: PathBuf,
    /// The node's public address, as https://node.uni.example; what needs it is skipped without.
    #[arg(long)]
    pub public: Option<String>,
    /// The node's ops address, as http://127.0.0.1:8404; what needs it is skipped without.
    #[arg(long)]
    pub ops: Option<String>,
    /// Where the suite's own partners listen, as the node reaches them.
    #[arg(long, default_value = "127.0.0.1")]
    pub listen: IpAddr,
    /// Only this use case (may be given again), besides what holds for every node.
    #[arg(long, value_parser = ["uc1", "uc2", "uc3", "uc4", "uc5", "uc6", "uc7", "uc8"])]
    pub use_case: Vec<String>,
    /// Lines for people, or one JSON object a line.
    #[arg(long, value_enum, default_value = "text")]
    pub format: ReportFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people.
    Text,
    /// For programs.
    Jsonl,
}

#[derive(Debug, Subcommand)]
pub enum PeerCommand {
    /// This node's own address and fingerprint: what a partner's operator needs.
    Own,
    /// Fetches and pins the descriptor of a partner's node.
    Add {
        /// Its public address, as https://node.uni.example.
        url: String,
        /// The fingerprint that its operator told you, by telephone say.
        // A thumbprint in base64url may begin with a hyphen.
        #[arg(long, allow_hyphen_values = true)]
        fingerprint: String,
    },
    /// Lists the partners.
    List,
    /// Ends all exchange with a partner at once; what is queued waits.
    Suspend {
        /// Its domain.
        institution: String,
    },
    /// Takes the exchange up again.
    Resume {
        /// Its domain.
        institution: String,
    },
    /// Forgets a partner's keys.
    Remove {
        /// Its domain.
        institution: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum JobsCommand {
    /// Lists them.
    List {
        /// Only those in this state.
        #[arg(long, value_parser = ["queued", "running", "succeeded", "failed", "cancelled"])]
        state: Option<String>,
    },
    /// Says how far one is.
    Show {
        /// "operations/{id}", or the identifier alone.
        name: String,
    },
    /// Ends one before its next step; what it has done until then stays done.
    Cancel {
        /// "operations/{id}", or the identifier alone.
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum MessageCommand {
    /// Lists the messages, oldest first.
    List {
        /// Only those that stand so.
        #[arg(long, value_enum)]
        state: Option<MessageStanding>,
        /// Only those for this partner (its domain).
        #[arg(long, value_name = "INSTITUTION")]
        to: Option<String>,
    },
    /// Tries a dead letter again.
    Replay {
        /// "messages/{id}".
        name: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MessageStanding {
    /// To be sent.
    Queued,
    /// Waits for something that the partner or an operator does.
    Held,
    /// The partner's receipt is here.
    Delivered,
    /// Given up.
    Dead,
}

#[derive(Debug, Subcommand)]
pub enum Import {
    /// Transcripts of records: ELMO 1.6, 1.7, 2.1 (XML, gzip or base64), ELM 3.1, 3.2 (JSON-LD).
    ///
    /// Folders are taken with all that is in them but hidden files, ZIP archives entry by entry.
    /// Of a folder, an archive or more than 20 files a report is kept, a line of JSON for each
    /// document, and the same command again goes on where it was ended. Nothing is imported
    /// twice, with or without a report: what the node has already it answers with "unchanged".
    Transcript {
        /// Files, folders, ZIP archives.
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// Why they are processed.
        #[arg(long, default_value = "administration")]
        purpose: String,
        /// Says what an import would do and changes nothing.
        #[arg(long)]
        dry_run: bool,
        /// The report; beside the first path as NAME.import.jsonl otherwise.
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
        /// Empties the report and begins anew.
        #[arg(long)]
        restart: bool,
        /// Tries what was refused before again, too.
        #[arg(long)]
        retry_refused: bool,
        /// Documents on their way at once; 8 where a report is kept, one after the other otherwise.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=64))]
        parallel: Option<u8>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Export {
    /// A transcript of records.
    Transcript {
        /// "transcripts/{id}".
        name: String,
        /// The form.
        #[arg(long, value_enum, default_value = "elmo")]
        format: Format,
        /// Where to write it; standard output otherwise.
        #[arg(long, short)]
        output: Option<PathBuf>,
        /// Why it is read.
        #[arg(long, default_value = "administration")]
        purpose: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// ELMO 2.1 (XML).
    Elmo,
    /// ELM 3.2 (JSON-LD): a European Digital Credential without seal and display.
    Elm,
    /// The bytes as they came in.
    Source,
}

#[derive(Debug, Subcommand)]
pub enum Send {
    /// A transcript of records.
    Transcript {
        /// "transcripts/{id}".
        name: String,
        /// The partner's domain.
        #[arg(long)]
        to: String,
        /// Why: admission, enrolment, recognition, mobility, credential.
        #[arg(long)]
        purpose: String,
        /// The form in which it goes.
        #[arg(long, value_enum, default_value = "source")]
        format: Format,
        /// Seconds to wait for the partner's receipt; the message is delivered later all the same.
        #[arg(long, default_value_t = 30)]
        wait: u64,
    },
}
