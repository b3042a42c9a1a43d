//! What the contract says of each method, read from its own descriptors.

use hei_proto::hei::common::v1::Role;
use prost_reflect::{DescriptorPool, MethodDescriptor, Value};

use crate::verdict::{Outcome, Stop};

const PERSONAL: i32 = 2;
/// The packages of the contract that belong to one use case each.
const PACKAGES: [(&str, &str); 8] = [
    ("discovery", "uc1"),
    ("enrolment", "uc2"),
    ("sharing", "uc3"),
    ("materials", "uc4"),
    ("activity", "uc5"),
    ("credentials", "uc6"),
    ("identity", "uc7"),
    ("trust", "uc8"),
];

/// All methods.
pub struct Contract {
    /// In the order of the contract.
    pub methods: Vec<Method>,
}

/// One method.
#[derive(Debug, Clone)]
pub struct Method {
    /// "/package.Service/Method".
    pub path: String,
    /// Who may call, as "sis".
    pub roles: Vec<String>,
    /// Whether it moves personal data.
    pub personal: bool,
}

impl Contract {
    /// The one that this suite was built with.
    ///
    /// # Errors
    /// Error if that cannot be read.
    pub fn read() -> Outcome<Self> {
        let pool = DescriptorPool::decode(hei_proto::DESCRIPTOR_SET);
        let pool = pool.map_err(|e| Stop::error(format!("the contract: {e}")))?;
        let services = pool.services().filter(|service| service.full_name().starts_with("hei."));
        let methods = services.flat_map(|service| service.methods().collect::<Vec<_>>());
        Ok(Self { methods: methods.filter_map(|method| Method::of(&pool, &method)).collect() })
    }

    /// Those that a role may call.
    pub fn of_role(self, role: Role) -> impl Iterator<Item = Method> {
        let name = named(role);
        self.methods.into_iter().filter(move |method| method.roles.contains(&name))
    }
}

impl Method {
    fn of(pool: &DescriptorPool, method: &MethodDescriptor) -> Option<Self> {
        let access = pool.get_extension_by_name("hei.common.v1.access")?;
        let options = method.options();
        let access = options.get_extension(&access);
        let access = access.as_message()?;
        let roles = access.get_field_by_name("roles")?;
        let roles = roles.as_list()?.iter().filter_map(Value::as_enum_number);
        Some(Self {
            path: format!("/{}/{}", method.parent_service().full_name(), method.name()),
            roles: roles.filter_map(|n| Role::try_from(n).ok()).map(named).collect(),
            personal: access.get_field_by_name("data")?.as_enum_number() == Some(PERSONAL),
        })
    }

    /// Whether the peer listener has it.
    pub fn is_for_peers(&self) -> bool {
        self.service().ends_with("PeerService")
    }

    /// "uc6" of a method of a use case; nothing of what every node has.
    fn use_case(&self) -> Option<&'static str> {
        let package = self.service().split('.').nth(1)?;
        PACKAGES.iter().find(|(name, _)| *name == package).map(|(_, use_case)| *use_case)
    }

    /// Whether only nodes with a claim of its use case have it.
    pub fn is_of_a_use_case(&self) -> bool {
        self.use_case().is_some()
    }

    /// Whether a node with these claims has it.
    pub fn is_offered(&self, claims: &[String]) -> bool {
        let claimed = |use_case| claims.iter().any(|one| one.starts_with(&format!("{use_case}/")));
        self.use_case().is_none_or(claimed)
    }

    /// "package.Service".
    pub fn service(&self) -> &str {
        self.path.trim_start_matches('/').split('/').next().unwrap_or_default()
    }
}

fn named(role: Role) -> String {
    role.as_str_name().trim_start_matches("ROLE_").to_lowercase()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_contract_tells_who_may_call_and_what_moves_personal_data() {
        let contract = Contract::read().unwrap();
        let of =
            |path: &str| contract.methods.iter().find(|m| m.path.ends_with(path)).unwrap().clone();
        let get = of("TranscriptService/GetTranscript");
        assert_eq!((get.personal, get.is_for_peers()), (true, false));
        assert_eq!(get.roles, ["sis", "registrar", "learner", "operator"]);
        let claims = |claim: &str| [claim.to_owned()];
        assert!(get.is_offered(&claims("uc6/issuer@1")));
        assert!(!get.is_offered(&claims("uc1/publisher@1")));
        assert!(of("/GetNode").is_offered(&[]) && !of("/Deliver").is_of_a_use_case());
        assert_eq!((of("/Deliver").personal, of("/Deliver").is_for_peers()), (false, true));
        assert!(contract.of_role(Role::Peer).count() >= 4);
    }
}
