//! Who may call what, generated from the contract itself.

use hei_proto::hei::credentials::v1::{GetTranscriptRequest, ListTranscriptsRequest};
use hei_proto::hei::messaging::v1::MessageState;
use hei_proto::hei::node::v1::ListDisclosuresRequest;
use hei_testkit::client::Client;
use hei_testkit::documents::Course;
use hei_testkit::nodes::{LEARNER, ROLES};
use prost_reflect::{DescriptorPool, MethodDescriptor, Value};
use tonic::Code;

use crate::alliance::{Place, import, imported, list, on_each_engine, one, send, two, until, why};

/// The roles that the contract names for a method.
fn roles(pool: &DescriptorPool, method: &MethodDescriptor) -> Vec<String> {
    let option = pool.get_extension_by_name("hei.common.v1.access").unwrap();
    let options = method.options();
    let access = options.get_extension(&option);
    let roles = access.as_message().unwrap().get_field_by_name("roles").unwrap();
    let names = pool.get_enum_by_name("hei.common.v1.Role").unwrap();
    let name = |v: &Value| {
        let name = names.get_value(v.as_enum_number().unwrap()).unwrap().name().to_owned();
        name.trim_start_matches("ROLE_").to_lowercase()
    };
    roles.as_list().unwrap().iter().map(name).collect()
}

async fn every_method_refuses_every_role_that_the_contract_does_not_name(place: Place) {
    let alpha = one(&place).await;
    let pool = DescriptorPool::decode(hei_proto::DESCRIPTOR_SET).unwrap();
    let mut clients = Vec::new();
    for role in ROLES {
        clients.push((role, alpha.campus(role).await));
    }
    let nobody = Client::new(alpha.ports.campus, None).await;
    let stranger = Client::new(alpha.ports.campus, Some("guessed")).await;
    let (mut refused, mut allowed, mut methods) = (0, 0, 0);
    for method in pool.services().flat_map(|s| s.methods().collect::<Vec<_>>()) {
        let service = method.parent_service().full_name().to_owned();
        if !service.starts_with("hei.") {
            continue;
        }
        methods += 1;
        let path = format!("/{service}/{}", method.name());
        let may = roles(&pool, &method);
        if service.ends_with("PeerService") {
            // What peers call is not on the campus listener at all.
            let answer = clients[0].1.raw(&path, Vec::new()).await.unwrap_err();
            assert_eq!(answer.reason, "METHOD_UNKNOWN", "{path}");
            continue;
        }
        for (role, client) in &clients {
            let answer = client.raw(&path, Vec::new()).await;
            let scope_missing = answer.as_ref().is_err_and(|r| r.reason == "SCOPE_MISSING");
            assert_eq!(
                scope_missing,
                !may.contains(&(*role).to_owned()),
                "{path} as {role}: {answer:?}"
            );
            if scope_missing {
                assert_eq!(answer.unwrap_err().code, Code::PermissionDenied);
                refused += 1;
            } else {
                allowed += 1;
            }
        }
        let answer = nobody.raw(&path, Vec::new()).await.unwrap_err();
        assert_eq!((answer.code, answer.reason.as_str()), (Code::Unauthenticated, "NO_CREDENTIAL"));
        let answer = stranger.raw(&path, Vec::new()).await.unwrap_err();
        assert_eq!(
            (answer.code, answer.reason.as_str()),
            (Code::Unauthenticated, "TOKEN_INACTIVE")
        );
    }
    println!("{methods} methods: {refused} role refusals, {allowed} roles let through");
    assert!(refused > 20 && allowed > 20);
}

async fn a_learner_sees_the_own_records_and_nothing_else_exists(place: Place) {
    let alpha = one(&place).await;
    let sis = alpha.campus("sis").await;
    let own = imported(&sis, "X").await;
    let somebody = LEARNER.replace(":1", ":2");
    let other = import(&sis, Course::of("alpha.example", &somebody, "X").elmo()).await.unwrap();
    let other = other.transcripts[0].name.clone();
    let learner = alpha.campus("learner").await;
    let names: Vec<String> = list(&learner, 50).await.into_iter().map(|t| t.name).collect();
    assert_eq!(names, std::slice::from_ref(&own));
    let get =
        |name: &str| GetTranscriptRequest { name: name.to_owned(), purpose: why("learner_access") };
    assert_eq!(learner.call(get(&own)).await.unwrap().name, own);
    let hidden = learner.call(get(&other)).await.unwrap_err();
    let absent = learner.call(get("transcripts/0198c0de-0000-7000-8000-000000000001")).await;
    // The same answer but for the name that was asked: existence does not show.
    let absent = absent.unwrap_err();
    assert_eq!((hidden.code, &hidden.reason), (Code::NotFound, &absent.reason));
    assert_eq!(
        hidden.message.replace(&other, ""),
        absent.message.replace("transcripts/0198c0de-0000-7000-8000-000000000001", "")
    );
    // A filter for somebody else's identifier opens nothing.
    let filter = ListTranscriptsRequest {
        purpose: why("learner_access"),
        learner: Some(hei_proto::hei::common::v1::Identifier {
            scheme: "esi".to_owned(),
            value: somebody,
        }),
        ..Default::default()
    };
    assert_eq!(learner.call(filter).await.unwrap().transcripts, []);
}

async fn the_learner_reads_who_received_what_and_why_and_no_one_elses(place: Place) {
    let (alpha, _beta) = two(&place).await;
    let sis = alpha.campus("sis").await;
    let own = imported(&sis, "X").await;
    let somebody = LEARNER.replace(":1", ":2");
    let other = import(&sis, Course::of("alpha.example", &somebody, "X").elmo()).await.unwrap();
    for name in [&own, &other.transcripts[0].name] {
        let message = send(&sis, name, "beta.example").await.unwrap();
        until(&sis, &message, MessageState::Delivered).await;
    }
    let learner = alpha.campus("learner").await;
    let ask = |value: &str| ListDisclosuresRequest {
        learner: Some(hei_proto::hei::common::v1::Identifier {
            scheme: "esi".to_owned(),
            value: value.to_owned(),
        }),
        purpose: why("learner_access"),
        ..Default::default()
    };
    for asked in [LEARNER, somebody.as_str()] {
        let log = learner.call(ask(asked)).await.unwrap().disclosures;
        assert_eq!(log.len(), 1, "asked for {asked}");
        assert_eq!((log[0].recipient.as_str(), &log[0].resource), ("peers/beta.example", &own));
        assert_eq!(log[0].purpose.as_ref().unwrap().code, "recognition");
        assert_eq!(log[0].legal_basis, "GDPR Art. 6(1)(e)");
        assert_eq!(log[0].data_categories, ["identity", "achievements"]);
    }
    let registrar = alpha.campus("registrar").await;
    let log = registrar.call(ask(&somebody)).await.unwrap().disclosures;
    assert_eq!((log.len(), &log[0].resource), (1, &other.transcripts[0].name));
}

on_each_engine!(
    every_method_refuses_every_role_that_the_contract_does_not_name,
    a_learner_sees_the_own_records_and_nothing_else_exists,
    the_learner_reads_who_received_what_and_why_and_no_one_elses,
);
