//! The routes of a gRPC listener: the methods that are handled, health for the
//! server and each service, and in development reflection.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Router;
use hei_proto::Shape;
use hei_values::Refused;
use tonic::service::Routes;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};
use tonic_reflection::server::Builder as Reflection;

use crate::door::Known;
use crate::limits::NAME_REQUEST_BYTES_MAX;
use crate::refusals;
use crate::rpc::{Method, Serve};
use crate::status;

const HEALTH: [&str; 2] = ["/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch"];
const REFLECTION: [&str; 2] = [
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];

/// A listener's router, and what its door and its shutdown need of it.
pub(crate) struct Table {
    pub router: Router,
    pub methods: BTreeMap<&'static str, Known>,
    pub health: Health,
}

/// Tells whether the services of a listener serve.
pub(crate) struct Health {
    reporter: HealthReporter,
    services: BTreeSet<String>,
}

impl Table {
    /// # Errors
    /// A path twice, or one that is no "/package.Service/Method".
    pub(crate) async fn new(served: &[Arc<dyn Serve>], reflection: bool) -> Result<Self, Refused> {
        let mut methods = BTreeMap::new();
        let mut router = Router::new();
        for serve in served {
            let path = serve.path();
            service_of(path).ok_or_else(|| no_path(path))?;
            let request_bytes_max = serve.access().request_bytes_max;
            let uploads = serve.shape() == Shape::Upload;
            let known = Known { path, request_bytes_max, anonymous: false, uploads };
            if methods.insert(path, known).is_some() {
                return Err(Refused::internal(format!("{path} is handled twice")));
            }
            router = router.route_service(path, Method(Arc::clone(serve)));
        }
        let health = Health::new(served).await;
        let mut routes = Routes::from(router).add_service(health.server());
        let anonymous = HEALTH.iter().chain(REFLECTION.iter().filter(|_| reflection));
        methods.extend(anonymous.map(|path| (*path, anonymous_method(path))));
        if reflection {
            routes = reflect(routes, &health.services)?;
        }
        let unknown =
            || async { status::of(&refusals::method_unknown()).into_http::<tonic::body::Body>() };
        let router = routes.into_axum_router().fallback(unknown);
        Ok(Self { router, methods, health })
    }
}

impl Health {
    async fn new(served: &[Arc<dyn Serve>]) -> Self {
        let services = served.iter().filter_map(|serve| service_of(serve.path()));
        let services: BTreeSet<String> = services.map(str::to_owned).collect();
        let reporter = HealthReporter::new();
        for service in &services {
            reporter.set_service_status(service, ServingStatus::Serving).await;
        }
        Self { reporter, services }
    }

    fn server(&self) -> HealthServer<HealthService> {
        HealthServer::new(HealthService::from_health_reporter(self.reporter.clone()))
            .max_decoding_message_size(NAME_REQUEST_BYTES_MAX as usize)
    }

    /// Told before the drain begins, so that balancers look elsewhere.
    pub(crate) async fn stop(&self) {
        for service in self.services.iter().map(String::as_str).chain([""]) {
            self.reporter.set_service_status(service, ServingStatus::NotServing).await;
        }
    }
}

fn anonymous_method(path: &'static str) -> Known {
    Known { path, request_bytes_max: NAME_REQUEST_BYTES_MAX, anonymous: true, uploads: false }
}

/// Both versions: common tools know only v1alpha.
fn reflect(routes: Routes, services: &BTreeSet<String>) -> Result<Routes, Refused> {
    let v1 = describe(services).build_v1().map_err(unfit)?;
    let v1alpha = describe(services).build_v1alpha().map_err(unfit)?;
    let most = NAME_REQUEST_BYTES_MAX as usize;
    Ok(routes
        .add_service(v1.max_decoding_message_size(most))
        .add_service(v1alpha.max_decoding_message_size(most)))
}

/// Names the services that this listener has, not all of the contract.
fn describe(services: &BTreeSet<String>) -> Reflection<'static> {
    let known = Reflection::configure()
        .register_encoded_file_descriptor_set(hei_proto::DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .with_service_name("grpc.health.v1.Health");
    services.iter().fold(known, |known, service| known.with_service_name(service))
}

fn unfit(fault: tonic_reflection::server::Error) -> Refused {
    Refused::internal(format!("the contract's descriptors do not serve: {fault}"))
}

/// "package.Service" of "/package.Service/Method".
fn service_of(path: &str) -> Option<&str> {
    let (service, method) = path.strip_prefix('/')?.split_once('/')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let fits = !service.is_empty() && service.chars().all(|c| plain(c) || c == '.');
    (fits && !method.is_empty() && method.chars().all(plain)).then_some(service)
}

fn no_path(path: &str) -> Refused {
    Refused::internal(format!("{path:?} is no path of a method"))
}
