//! The configuration: one TOML file over the shipped defaults, and environment
//! variables over both. Unknown keys are refused.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use hei_messaging::Purposes;
use hei_proto::hei::common::v1::{CodedValue, LocalizedText};
use hei_uc6_credentials::Issuer;
use hei_use_case::rights::Retention;
use hei_values::{Code, HeiId, Refused};
use serde::Deserialize;
use toml::{Table, Value};

/// Every key with its default and what it is for.
pub const DEFAULT: &str = include_str!("default.toml");
/// Environment variables that set keys: HEI__SECTION__KEY.
const PREFIX: &str = "HEI__";

/// The whole configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where keys, the operator's token and SQLite's database lie.
    pub data_folder: PathBuf,
    /// Where the keys lie, if not in the data folder.
    pub keys_folder: PathBuf,
    /// What kind of place this is.
    pub environment: Environment,
    /// The institution; exactly one.
    pub institution: Vec<Institution>,
    /// The database.
    pub database: hei_store::Settings,
    /// What the campus calls.
    pub campus: hei_server::settings::Campus,
    /// What partners call.
    pub peer: Peer,
    /// What the public reads.
    pub public: hei_server::settings::Public,
    /// What the operator calls.
    pub ops: hei_server::settings::Ops,
    /// Maxima of the listeners.
    pub limits: hei_server::settings::Limits,
    /// The way out.
    pub outbound: hei_client::Settings,
    /// Delivery.
    pub messaging: hei_messaging::Settings,
    /// Use case 6.
    pub credentials: hei_uc6_credentials::Settings,
    /// Purposes that have a legal basis.
    #[serde(default)]
    pub purpose: Purposes,
    /// How long classes of data are kept.
    #[serde(default)]
    pub retention: Retention,
    /// Logs.
    pub log: Log,
}

/// What kind of place the node runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Reflection, and a campus client made at the first start.
    Development,
    /// Neither.
    Production,
}

/// `[[institution]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Institution {
    /// The SCHAC home organisation.
    pub domain: String,
    /// Its name by language.
    pub titles: Vec<Title>,
    /// An IANA time zone.
    pub time_zone: String,
    /// ISO 3166-1 alpha-2; empty if unsaid.
    #[serde(default)]
    pub country: String,
    /// As its country gave it; empty if it has none.
    #[serde(default)]
    pub eidas_identifier: String,
}

/// A name in one language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// BCP 47.
    pub language: String,
    /// The name.
    pub text: String,
}

/// `[peer]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// Where partners' calls arrive.
    pub address: SocketAddr,
    /// "host:port" as partners reach it; empty stands for the address.
    pub advertised: String,
}

/// `[log]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// A level or filter.
    pub level: String,
}

impl Config {
    /// The defaults, the file over them, the environment over both.
    ///
    /// # Errors
    /// CONFIG_INVALID with the key and what is wrong; FILE_UNREADABLE.
    pub fn load(file: Option<&Path>) -> Result<Self, Refused> {
        let text = file.map(read).transpose()?.unwrap_or_default();
        let environment = std::env::vars().filter(|(name, _)| name.starts_with(PREFIX));
        let mut config = Self::from_parts(&text, environment)?;
        // A path in a file means the file's folder, wherever the program was started.
        if let Some(folder) = file.and_then(Path::parent) {
            config.data_folder = folder.join(&config.data_folder);
            if !config.keys_folder.as_os_str().is_empty() {
                config.keys_folder = folder.join(&config.keys_folder);
            }
        }
        Ok(config)
    }

    /// The same from a file's text and variables.
    ///
    /// # Errors
    /// CONFIG_INVALID.
    pub fn from_parts(
        text: &str,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Refused> {
        let mut whole: Table = DEFAULT.parse().map_err(|e| invalid(&e))?;
        let own: Table = text.parse().map_err(|e| invalid(&e))?;
        lay_over(&mut whole, own);
        for (name, value) in variables {
            set(&mut whole, name.trim_start_matches(PREFIX), &value)?;
        }
        let config: Self = Value::Table(whole).try_into().map_err(|e| invalid(&e))?;
        config.check()?;
        Ok(config)
    }

    /// What types cannot say.
    fn check(&self) -> Result<(), Refused> {
        if self.institution.len() != 1 {
            let n = self.institution.len();
            return Err(invalid(&format!("[[institution]]: one entry, not {n}")));
        }
        self.domain()?;
        let fault = self.issuer().check().err();
        if let Some(fault) = fault {
            return Err(invalid(&format!("{}: {}", fault.field, fault.description)));
        }
        self.check_database()?;
        self.check_addresses()?;
        if tracing_subscriber::EnvFilter::try_new(&self.log.level).is_err() {
            return Err(invalid(&"log.level: a level such as \"info\", or a filter"));
        }
        let titles = self.institution.iter().map(|i| i.titles.len() as u64).sum();
        let limits = &self.limits;
        for (key, value, least, most) in [
            ("institution.titles (how many)", titles, 1, 100),
            ("database.connections", self.database.connections.into(), 1, 1000),
            ("limits.calls_max", limits.calls_max as u64, 1, 100_000),
            ("limits.connections_max", limits.connections_max as u64, 1, 100_000),
            ("limits.call_ms_max", limits.call_ms_max, 100, 600_000),
            ("limits.drain_seconds", limits.drain_seconds, 0, 3600),
            ("messaging.attempt_seconds", self.messaging.attempt_seconds, 1, 300),
            ("messaging.give_up_days", self.messaging.give_up_days.into(), 1, 60),
            // With base64 and the structure beside it this still fits into a request.
            (
                "credentials.attachment_bytes_max",
                self.credentials.attachment_bytes_max,
                0,
                11 << 20,
            ),
        ] {
            if !(least..=most).contains(&value) {
                return Err(invalid(&format!("{key}: {value} is not from {least} to {most}")));
            }
        }
        Ok(())
    }

    fn check_database(&self) -> Result<(), Refused> {
        let url = self.database.url.as_str();
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(());
        }
        let path = url.strip_prefix("sqlite:").map(Path::new);
        let below = |c: std::path::Component<'_>| matches!(c, std::path::Component::Normal(_));
        match path.is_some_and(|p| p.components().next().is_some() && p.components().all(below)) {
            true => Ok(()),
            false => Err(invalid(
                &"database.url: \"sqlite:\" and a path below the data folder, or \"postgres://…\"",
            )),
        }
    }

    fn check_addresses(&self) -> Result<(), Refused> {
        let all = [
            ("campus", self.campus.address),
            ("peer", self.peer.address),
            ("public", self.public.address),
            ("ops", self.ops.address),
        ];
        for (index, (name, address)) in all.iter().enumerate() {
            let earlier = all.iter().take(index).find(|(_, other)| other == address);
            if let Some((other, _)) = earlier.filter(|_| address.port() != 0) {
                return Err(invalid(&format!("{name}.address: {address} is {other}'s already")));
            }
        }
        let advertised = self.peer.advertised.as_str();
        let port = advertised.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
        match advertised.is_empty() || port.is_some() {
            true => Ok(()),
            false => Err(invalid(&"peer.advertised: \"host:port\" as partners reach it")),
        }
    }

    /// The institution's domain.
    ///
    /// # Errors
    /// CONFIG_INVALID if it is none.
    pub fn domain(&self) -> Result<HeiId, Refused> {
        let text = self.institution.first().map_or("", |i| i.domain.as_str());
        HeiId::read("institution.domain", text)
            .map_err(|fault| invalid(&format!("{}: {}", fault.field, fault.description)))
    }

    /// The institution as the issuer of credentials.
    pub fn issuer(&self) -> Issuer {
        let Some(own) = self.institution.first() else { return Issuer::default() };
        let titles = own.titles.iter();
        let filled = |text: &String| (!text.is_empty()).then(|| text.clone());
        let country = |code| CodedValue { scheme: "iso-3166-1".to_owned(), code };
        Issuer {
            domain: own.domain.clone(),
            legal_names: titles
                .map(|t| LocalizedText { language: t.language.clone(), text: t.text.clone() })
                .collect(),
            country: filled(&own.country).map(country),
            eidas: filled(&own.eidas_identifier),
        }
    }

    /// Where the keys lie.
    pub fn keys(&self) -> PathBuf {
        match self.keys_folder.as_os_str().is_empty() {
            true => self.data_folder.join("keys"),
            false => self.keys_folder.clone(),
        }
    }

    /// The database's address, with a SQLite path below the data folder.
    pub fn database(&self) -> hei_store::Settings {
        let mut settings = self.database.clone();
        if let Some(path) = settings.url.strip_prefix("sqlite:") {
            let whole = self.data_folder.join(path);
            settings.url = format!("sqlite:{}", whole.display());
        }
        settings
    }
}

fn read(file: &Path) -> Result<String, Refused> {
    std::fs::read_to_string(file).map_err(|error| {
        let told = format!("cannot read {}: {error}", file.display());
        Refused::new(Code::FailedPrecondition, "FILE_UNREADABLE", told)
    })
}

pub(crate) fn invalid(error: &dyn std::fmt::Display) -> Refused {
    let told = format!(
        "the configuration is not right: {error} (`hei-node config default` prints every key)"
    );
    Refused::new(Code::InvalidArgument, "CONFIG_INVALID", told)
}

/// A table of the file changes its keys; a list of the file replaces the whole list.
fn lay_over(base: &mut Table, own: Table) {
    for (key, value) in own {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => lay_over(below, above),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

/// `DATABASE__URL` = value. The text is TOML where it reads as such, else a string.
fn set(whole: &mut Table, name: &str, text: &str) -> Result<(), Refused> {
    let keys: Vec<String> = name.split("__").map(str::to_ascii_lowercase).collect();
    let Some((last, sections)) = keys.split_last() else { return Ok(()) };
    let mut table = whole;
    for section in sections {
        let below = table.entry(section.clone()).or_insert_with(|| Value::Table(Table::new()));
        table = below
            .as_table_mut()
            .ok_or_else(|| invalid(&format!("{PREFIX}{name}: {section} has no keys below it")))?;
    }
    let read = format!("it = {text}").parse::<Table>().ok().and_then(|mut t| t.remove("it"));
    table.insert(last.clone(), read.unwrap_or_else(|| Value::String(text.to_owned())));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str, variables: &[(&str, &str)]) -> Result<Config, Refused> {
        let variables = variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Config::from_parts(text, variables)
    }

    #[test]
    fn the_shipped_defaults_load_and_a_file_and_the_environment_go_over_them() {
        assert_eq!(with("", &[]).unwrap().database.url, "sqlite:node.db");
        let file = "[database]\nurl = \"sqlite:other.db\"\n";
        let config = with(file, &[("HEI__LIMITS__DRAIN_SECONDS", "3")]).unwrap();
        assert_eq!(
            (config.database.url.as_str(), config.limits.drain_seconds),
            ("sqlite:other.db", 3)
        );
        let config = with(file, &[("HEI__DATABASE__URL", "postgres://x@h/n")]).unwrap();
        assert_eq!(config.database.url, "postgres://x@h/n");
    }

    #[test]
    fn an_unknown_configuration_key_is_refused_by_name() {
        for (text, key) in [
            ("databse = 1", "databse"),
            ("[database]\nurll = \"x\"", "urll"),
            (
                "[[institution]]\ndomain = \"a.example\"\ntitles = []\ntime_zone = \"UTC\"\nx = 1",
                "x",
            ),
        ] {
            let refused = with(text, &[]).unwrap_err();
            assert_eq!(refused.reason, "CONFIG_INVALID");
            assert!(refused.message.contains(key), "{}", refused.message);
        }
        assert!(with("", &[("HEI__DATABASE__URLL", "x")]).is_err());
    }

    #[test]
    fn a_node_has_one_institution_with_a_domain() {
        assert!(with("institution = []", &[]).is_err());
        let bad = "[[institution]]\ndomain = \"no domain\"\ntitles = []\ntime_zone = \"UTC\"";
        assert!(with(bad, &[]).unwrap_err().message.contains("institution.domain"));
    }
}
