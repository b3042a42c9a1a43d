//! Commands on standard input, one a line; each is answered by one JSON object on
//! standard output. The end of the input ends the node as SIGTERM does.

use std::io::{BufRead as _, Write as _};
use std::sync::Arc;

use hei_values::faults::POINTS;
use hei_values::{Clock as _, Millis};
use serde_json::{Value, json};

use crate::clock::SetClock;
use crate::faults::{Blow, Place, Switchboard};

/// What commands act on.
pub struct Control {
    pub clock: Arc<SetClock>,
    pub faults: Arc<Switchboard>,
}

impl Control {
    /// Obeys until the input ends.
    pub fn obey(&self) {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let answer = self.answer(&line).unwrap_or_else(|told| json!({ "error": told }));
            // Whoever asked may be gone; then the input ends too.
            let _ = writeln!(std::io::stdout().lock(), "{answer}");
        }
        let own = rustix::process::getpid();
        if rustix::process::kill_process(own, rustix::process::Signal::TERM).is_err() {
            std::process::abort();
        }
    }

    fn answer(&self, line: &str) -> Result<Value, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["clock"] => {}
            ["clock", at] => self.clock.set(Millis(number(at)?)),
            ["advance", millis] => self.clock.advance(number(millis)?),
            ["fail", rest @ ..] => self.plan(rest, Blow::Fail)?,
            ["crash", rest @ ..] => self.plan(rest, Blow::Crash)?,
            ["clear"] => self.faults.plan(None),
            ["points"] => return Ok(self.points()),
            _ => return Err(format!("no command: {line:?}")),
        }
        Ok(json!({ "now": self.clock.now().0 }))
    }

    fn plan(&self, words: &[&str], blow: Blow) -> Result<(), String> {
        let place = match words {
            ["every", name] => Place::Every(point(name)?),
            [n] => Place::Nth(number(n)?),
            [n, name] => Place::NthOf(number(n)?, point(name)?),
            _ => return Err("N, N NAME or every NAME".to_owned()),
        };
        self.faults.plan(Some((place, blow)));
        Ok(())
    }

    fn points(&self) -> Value {
        let seen = self.faults.seen();
        let hit = seen.hit.map(|(point, name)| json!({ "point": point, "name": name }));
        json!({ "points": seen.points, "names": seen.names, "hit": hit })
    }
}

fn number<N: std::str::FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| format!("no number: {text:?}"))
}

/// A name that is none would never strike, and its test would show nothing.
fn point(name: &str) -> Result<String, String> {
    match POINTS.contains(&name) {
        true => Ok(name.to_owned()),
        false => Err(format!("{name:?} is none of: {}", POINTS.join(", "))),
    }
}
