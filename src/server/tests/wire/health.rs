//! Health and reflection: the only anonymous services of gRPC.

use std::net::SocketAddr;

use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::{v1, v1alpha};

use crate::house::{OPERATOR, SIS, call, channel, echo, open, reason, server};

pub const REFLECT: [&str; 2] = [
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];
const SERVICES: [&str; 2] = ["grpc.health.v1.Health", "toy.v1.ToyService"];

#[tokio::test]
async fn health_tells_of_the_server_and_of_each_service_on_each_listener() {
    let house = open(server(vec![echo()])).await;
    for at in [house.at.campus, house.at.ops] {
        let mut health = HealthClient::new(channel(at).await);
        for service in ["", "toy.v1.ToyService"] {
            let request = HealthCheckRequest { service: service.to_owned() };
            let answer = health.check(request).await.unwrap().into_inner();
            assert_eq!(answer.status(), ServingStatus::Serving, "{at} {service}");
        }
        let request = HealthCheckRequest { service: "other.v1.Service".to_owned() };
        let said = health.check(request.clone()).await.unwrap_err();
        assert_eq!(reason(&said), (Code::NotFound, "NOT_FOUND".into()));
        let said = health.watch(request).await.unwrap_err();
        assert_eq!(reason(&said), (Code::NotFound, "NOT_FOUND".into()));
    }
}

#[tokio::test]
async fn reflection_of_both_versions_names_the_listeners_services_in_development() {
    let house = open(server(vec![echo()])).await;
    for at in [house.at.campus, house.at.ops] {
        assert_eq!(list_v1(at).await, SERVICES);
        assert_eq!(list_v1alpha(at).await, SERVICES);
    }
}

#[tokio::test]
async fn reflection_knows_the_contract_and_an_unknown_symbol_is_not_found_in_the_trailers() {
    use v1::server_reflection_request::MessageRequest::FileContainingSymbol;
    use v1::server_reflection_response::MessageResponse::FileDescriptorResponse;
    let house = open(server(vec![echo()])).await;
    let ask = |symbol: &str| v1::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(FileContainingSymbol(symbol.to_owned())),
    };
    let mut client =
        v1::server_reflection_client::ServerReflectionClient::new(channel(house.at.campus).await);
    let asked = futures_util::stream::iter([ask("hei.common.v1.Role"), ask("nobody.Knows")]);
    let mut answers = client.server_reflection_info(asked).await.unwrap().into_inner();
    let known = answers.message().await.unwrap().unwrap().message_response.unwrap();
    assert!(
        matches!(known, FileDescriptorResponse(files) if !files.file_descriptor_proto[0].is_empty())
    );
    let said = answers.message().await.unwrap_err();
    assert_eq!(reason(&said), (Code::NotFound, "NOT_FOUND".into()));
}

#[tokio::test]
async fn outside_development_nothing_reflects() {
    let mut production = server(vec![echo()]);
    production.development = false;
    let production = open(production).await;
    let campus = channel(production.at.campus).await;
    let ops = channel(production.at.ops).await;
    for path in REFLECT {
        for (channel, token) in [(&campus, SIS), (&ops, OPERATOR)] {
            let said = call(channel, path, token, "").await.unwrap_err();
            assert_eq!(reason(&said), (Code::Unimplemented, "METHOD_UNKNOWN".into()));
        }
    }
}

async fn list_v1(at: SocketAddr) -> Vec<String> {
    use v1::server_reflection_request::MessageRequest::ListServices;
    use v1::server_reflection_response::MessageResponse::ListServicesResponse;
    let request = v1::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(ListServices(String::new())),
    };
    let mut client = v1::server_reflection_client::ServerReflectionClient::new(channel(at).await);
    let answers = client.server_reflection_info(futures_util::stream::iter([request])).await;
    match answers.unwrap().into_inner().message().await.unwrap().unwrap().message_response {
        Some(ListServicesResponse(list)) => list.service.into_iter().map(|s| s.name).collect(),
        other => panic!("{other:?}"),
    }
}

async fn list_v1alpha(at: SocketAddr) -> Vec<String> {
    use v1alpha::server_reflection_request::MessageRequest::ListServices;
    use v1alpha::server_reflection_response::MessageResponse::ListServicesResponse;
    let request = v1alpha::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(ListServices(String::new())),
    };
    let mut client =
        v1alpha::server_reflection_client::ServerReflectionClient::new(channel(at).await);
    let answers = client.server_reflection_info(futures_util::stream::iter([request])).await;
    match answers.unwrap().into_inner().message().await.unwrap().unwrap().message_response {
        Some(ListServicesResponse(list)) => list.service.into_iter().map(|s| s.name).collect(),
        other => panic!("{other:?}"),
    }
}
