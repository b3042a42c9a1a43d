//! Figures: the median of the rounds and how far they lie apart, as a table for people
//! or one JSON object a line for a later comparison.

use serde_json::json;

use crate::Plan;

/// What a figure should be; the figure is printed whatever it is.
#[derive(Clone, Copy)]
pub enum Aim {
    AtLeast(f64),
    AtMost(f64),
    Below(f64),
}

/// Where figures go.
pub struct Report {
    json: bool,
    measurement: String,
}

struct Spread {
    median: f64,
    min: f64,
    max: f64,
}

impl Report {
    pub fn new(json: bool) -> Self {
        Self { json, measurement: String::new() }
    }

    /// What the figures hang on besides the code.
    pub fn head(&self, plan: Plan) {
        let (version, cpus) = (env!("CARGO_PKG_VERSION"), cpus());
        let (processor, load) = (processor(), load());
        let Plan { seconds, rounds } = plan;
        if self.json {
            let line = json!({"version": version, "processors": cpus, "processor": processor,
                "load_before": load, "rounds": rounds, "seconds": seconds});
            println!("{line}");
            return;
        }
        println!("hei-node {version}; {cpus} processors, {processor}; load before: {load}");
        println!("{rounds} rounds; node and floor take turns, {seconds} s each");
    }

    /// The figures from here on belong to this measurement.
    pub fn begin(&mut self, measurement: &str) {
        self.measurement = measurement.to_owned();
        if !self.json {
            let (median, min, max) = ("median", "min", "max");
            println!("\n{measurement:<52} {median:>9} {min:>9} {max:>9}");
        }
    }

    /// A figure without an aim: one value of each round.
    pub fn say(&self, what: &str, unit: &str, values: &[f64]) {
        self.print(what, unit, values, None);
    }

    /// A figure with an aim.
    pub fn judge(&self, what: &str, unit: &str, values: &[f64], aim: Aim) {
        self.print(what, unit, values, Some(aim));
    }

    fn print(&self, what: &str, unit: &str, values: &[f64], aim: Option<Aim>) {
        let Spread { median, min, max } = Spread::of(values);
        let verdict = aim.map(|aim| (aim.told(), aim.is_met(median)));
        if self.json {
            let line = json!({"measurement": self.measurement, "figure": what, "unit": unit,
                "median": median, "min": min, "max": max,
                "aim": verdict.as_ref().map(|v| &v.0), "met": verdict.as_ref().map(|v| v.1)});
            println!("{line}");
            return;
        }
        let told = verdict.map_or(String::new(), |(aim, met)| {
            format!("   aim {aim}: {}", if met { "met" } else { "not met" })
        });
        let [median, min, max] = [median, min, max].map(digits);
        println!("  {what:<50} {median:>9} {min:>9} {max:>9}  {unit}{told}");
    }
}

impl Aim {
    fn is_met(self, figure: f64) -> bool {
        match self {
            Self::AtLeast(bound) => figure >= bound,
            Self::AtMost(bound) => figure <= bound,
            Self::Below(bound) => figure < bound,
        }
    }

    fn told(self) -> String {
        match self {
            Self::AtLeast(bound) => format!("≥ {bound}"),
            Self::AtMost(bound) => format!("≤ {bound}"),
            Self::Below(bound) => format!("< {bound}"),
        }
    }
}

impl Spread {
    fn of(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let (half, last) = (sorted.len() / 2, sorted.len() - 1);
        let median = if sorted.len().is_multiple_of(2) {
            f64::midpoint(sorted[half - 1], sorted[half])
        } else {
            sorted[half]
        };
        Self { median, min: sorted[0], max: sorted[last] }
    }
}

/// Round by round, so that what the machine did to both is not in it.
pub fn ratio(of: &[f64], to: &[f64]) -> Vec<f64> {
    of.iter().zip(to).map(|(of, to)| of / to).collect()
}

/// Three that count.
fn digits(value: f64) -> String {
    let decimals = match value.abs() {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 3,
    };
    format!("{value:.decimals$}")
}

fn cpus() -> usize {
    std::thread::available_parallelism().map_or(0, usize::from)
}

fn processor() -> String {
    let told = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = told.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map_or("unknown", |(_, name)| name).to_owned()
}

/// Of the last minute: a machine with other work gives wide spreads.
fn load() -> String {
    let told = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    told.split(' ').next().unwrap_or_default().to_owned()
}
