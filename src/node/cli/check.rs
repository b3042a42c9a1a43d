//! `config check` and `config default`.

use std::path::Path;

use hei_values::Refused;
use serde_json::json;

use super::Ended;
use super::arguments::ConfigCommand;
use super::said::Said;
use crate::{Config, config};

/// Looks at a configuration.
///
/// # Errors
/// CONFIG_INVALID with the key and what is wrong.
pub fn run(command: &ConfigCommand, file: Option<&Path>, said: &Said) -> Result<Ended, Refused> {
    match command {
        ConfigCommand::Default => {
            said.result(config::DEFAULT.trim_end(), &json!({"default": config::DEFAULT}));
            Ok(Ended::Well)
        }
        ConfigCommand::Check => match Config::load(file).and_then(|c| crate::serve::check(&c)) {
            Ok(()) => {
                said.result("the configuration is right", &json!({"config": "right"}));
                Ok(Ended::Well)
            }
            Err(refused) => {
                said.refused(&refused);
                Ok(Ended::NotSo)
            }
        },
    }
}
