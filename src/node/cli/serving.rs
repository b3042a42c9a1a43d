//! `serve`: runs the node until it is told to end.

use hei_values::Refused;
use serde_json::json;
use tokio::io::AsyncReadExt as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use super::Ended;
use super::arguments::ServeOptions;
use super::line::Line;
use super::said::Said;
use crate::serve::{self, Running};
use crate::{Config, Surroundings};

/// Starts, says where it listens, serves, drains.
///
/// # Errors
/// What keeps it from starting.
pub async fn run(
    config: Config,
    options: &ServeOptions,
    said: &Said,
    surroundings: &Surroundings,
) -> Result<Ended, Refused> {
    log_to_stderr(&config);
    let running = serve::start(&config, surroundings).await?;
    warn_of_defaults(&config);
    tell(&config, &running, *said);
    let stop = CancellationToken::new();
    let waiting = until_told(options.until_stdin_closes, stop.clone());
    let (told, ()) = tokio::join!(waiting, running.until(stop));
    told.map(|()| Ended::Well)
}

fn log_to_stderr(config: &Config) {
    let filter = EnvFilter::try_new(&config.log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let domain = config.institution.first().map_or("", |i| i.domain.as_str());
    let log = tracing_subscriber::fmt()
        .json()
        .event_format(Line::of(domain))
        .with_writer(std::io::stderr)
        .with_env_filter(filter);
    // Somebody who embeds the node may log already.
    let _ = log.try_init();
    hei_server::log_panics();
}

fn warn_of_defaults(config: &Config) {
    let domain = config.institution.first().map_or("", |i| i.domain.as_str());
    if domain == "localhost.example" {
        tracing::warn!("no [[institution]] is configured: nobody can know this node by its name");
    }
}

fn tell(config: &Config, running: &Running, said: Said) {
    let at = &running.addresses;
    let mut lines = vec![
        format!("hei-node {} serves", env!("CARGO_PKG_VERSION")),
        format!("  campus   {}", at.campus),
        format!("  peers    {}", at.peer),
        format!("  public   https://{}/.well-known/hei-node", at.public),
        format!("  ops      http://{}/metrics", at.ops),
        format!("  data     {}", config.data_folder.display()),
        format!("  fingerprint {}", running.fingerprint),
    ];
    if let Some(token) = &running.development_token {
        lines.push(format!("  token of the development client: {token}"));
    }
    let value = json!({
        "ready": true,
        "campus": at.campus.to_string(),
        "peer": at.peer.to_string(),
        "public": at.public.to_string(),
        "ops": at.ops.to_string(),
        "fingerprint": running.fingerprint,
        "developmentToken": running.development_token,
    });
    said.result(&lines.join("\n"), &value);
}

/// SIGTERM, Ctrl-C, or the end of the parent's pipe.
async fn until_told(stdin_too: bool, stop: CancellationToken) -> Result<(), Refused> {
    let broken = |e: std::io::Error| Refused::internal(format!("no signals: {e}"));
    let mut term = signal(SignalKind::terminate()).map_err(broken)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(broken)?;
    tokio::select! {
        _ = term.recv() => {}
        _ = interrupt.recv() => {}
        () = stdin_closes(), if stdin_too => {}
    }
    tracing::info!("told to end: draining");
    stop.cancel();
    Ok(())
}

async fn stdin_closes() {
    let mut nothing = [0; 64];
    let mut stdin = tokio::io::stdin();
    while stdin.read(&mut nothing).await.is_ok_and(|n| n > 0) {}
}
