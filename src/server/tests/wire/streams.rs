//! Methods that stream one way: a feed goes with its caller and the node;
//! an upload takes the time that its line takes.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, stream};
use hei_proto::{Access, Shape};
use hei_server::{Messages, Serve};
use hei_values::{Principal, Refused, Role};
use tokio::sync::mpsc;
use tonic::transport::Channel;
use tonic::{Code, Request, Status, Streaming};
use tonic_types::StatusExt as _;

use crate::house::{Answer, Raw, SIS, channel, open, reason, server};

const FEED: &str = "/toy.v1.ToyService/Feed";
const UPLOAD: &str = "/toy.v1.ToyService/Upload";
/// What an upload may have in all; a message has less.
const CAP: u32 = 8 * 1024 * 1024;

type Begin = dyn Fn(Bytes) -> Result<Messages, Refused> + Send + Sync;

/// A feed that a test makes, or an upload that answers how much came.
enum Toy {
    Feed(Box<Begin>),
    Upload,
}

impl Serve for Toy {
    fn path(&self) -> &'static str {
        match self {
            Self::Feed(_) => FEED,
            Self::Upload => UPLOAD,
        }
    }

    fn access(&self) -> Access {
        Access {
            roles: &[Role::Sis],
            personal: false,
            serves_rights: false,
            request_bytes_max: CAP,
        }
    }

    fn shape(&self) -> Shape {
        match self {
            Self::Feed(_) => Shape::Feed,
            Self::Upload => Shape::Upload,
        }
    }

    fn serve(&self, _: Principal, _: Bytes) -> BoxFuture<'_, Answer> {
        unreachable!("it streams")
    }

    fn feed(&self, _: Principal, request: Bytes) -> BoxFuture<'_, Result<Messages, Refused>> {
        let Self::Feed(begin) = self else { unreachable!("it uploads") };
        let begun = begin(request);
        Box::pin(async { begun })
    }

    fn upload(&self, _: Principal, mut sent: Messages) -> BoxFuture<'_, Answer> {
        Box::pin(async move {
            let mut count = 0;
            while let Some(message) = sent.next().await {
                count += message?.len();
            }
            Ok(count.to_string().into())
        })
    }
}

fn feed(
    begin: impl Fn(Bytes) -> Result<Messages, Refused> + Send + Sync + 'static,
) -> Vec<Arc<dyn Serve>> {
    vec![Arc::new(Toy::Feed(Box::new(begin)))]
}

fn asked<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {SIS}").parse().unwrap());
    request
}

async fn listen(channel: &Channel, request: Request<Bytes>) -> Result<Streaming<Bytes>, Status> {
    let mut grpc = tonic::client::Grpc::new(channel.clone());
    grpc.ready().await.unwrap();
    let path = http::uri::PathAndQuery::from_static(FEED);
    grpc.server_streaming(request, path, Raw).await.map(tonic::Response::into_inner)
}

async fn send<S>(channel: &Channel, messages: S) -> Result<Bytes, Status>
where
    S: futures_util::Stream<Item = Bytes> + Send + 'static,
{
    let mut grpc = tonic::client::Grpc::new(channel.clone());
    grpc.ready().await.unwrap();
    let path = http::uri::PathAndQuery::from_static(UPLOAD);
    grpc.client_streaming(asked(messages), path, Raw).await.map(tonic::Response::into_inner)
}

/// Tells when it is gone.
struct Guard(mpsc::UnboundedSender<()>);

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

/// Answers its request, and then rests until somebody drops it.
fn resting(gone: mpsc::UnboundedSender<()>) -> Vec<Arc<dyn Serve>> {
    feed(move |request| {
        let guard = Guard(gone.clone());
        let rest = stream::once(async move {
            let _held = guard;
            std::future::pending().await
        });
        Ok(stream::once(async { Ok(request) }).chain(rest).boxed())
    })
}

#[tokio::test]
async fn the_answers_of_a_feed_come_in_order_and_its_end_has_a_reason() {
    let house = open(server(feed(|request| {
        if request.is_empty() {
            return Err(Refused::not_found("nothing"));
        }
        let end = Refused::new(hei_values::Code::OutOfRange, "CURSOR_EXPIRED", "too old");
        let parts = [Ok(request), Ok("more".into()), Err(end)];
        Ok(stream::iter(parts).boxed())
    })))
    .await;
    let campus = channel(house.at.campus).await;
    let said = listen(&campus, asked(Bytes::new())).await.unwrap_err();
    assert_eq!(reason(&said), (Code::NotFound, "NOT_FOUND".into()));
    let mut answers = listen(&campus, asked("first".into())).await.unwrap();
    assert_eq!(answers.message().await.unwrap().unwrap(), "first");
    assert_eq!(answers.message().await.unwrap().unwrap(), "more");
    let said = answers.message().await.unwrap_err();
    assert_eq!(reason(&said), (Code::OutOfRange, "CURSOR_EXPIRED".into()));
}

#[tokio::test]
async fn a_feed_takes_no_place_and_goes_with_its_caller() {
    let (gone, mut left) = mpsc::unbounded_channel();
    let mut server = server(resting(gone));
    server.settings.limits.calls_max = 1;
    server.settings.limits.call_ms_max = 200;
    let house = open(server).await;
    let campus = channel(house.at.campus).await;
    let mut first = listen(&campus, asked("first".into())).await.unwrap();
    let mut second = listen(&campus, asked("second".into())).await.unwrap();
    assert_eq!(first.message().await.unwrap().unwrap(), "first");
    assert_eq!(second.message().await.unwrap().unwrap(), "second");
    drop(first);
    left.recv().await.unwrap();
    // The head's deadline does not end what goes on after it.
    let rests = tokio::time::timeout(Duration::from_millis(300), second.message()).await;
    assert!(rests.is_err(), "{rests:?}");
    assert!(left.try_recv().is_err());
}

#[tokio::test]
async fn a_shutdown_ends_the_feeds() {
    let (gone, mut left) = mpsc::unbounded_channel();
    let house = open(server(resting(gone))).await;
    let campus = channel(house.at.campus).await;
    let mut answers = listen(&campus, asked("first".into())).await.unwrap();
    assert_eq!(answers.message().await.unwrap().unwrap(), "first");
    house.close();
    let said = answers.message().await.unwrap_err();
    assert_eq!(reason(&said), (Code::Unavailable, "SHUTTING_DOWN".into()));
    left.recv().await.unwrap();
    drop((answers, campus));
    assert_eq!(house.ended().await.cut, 0);
}

#[tokio::test]
async fn an_upload_takes_the_time_of_its_line_and_each_message_has_a_limit() {
    let mut server = server(vec![Arc::new(Toy::Upload)]);
    server.settings.limits.call_ms_max = 50;
    let house = open(server).await;
    let campus = channel(house.at.campus).await;
    let slow = stream::unfold(0, async |sent: u32| {
        tokio::time::sleep(Duration::from_millis(40)).await;
        (sent < 4).then(|| (Bytes::from(vec![b'x'; 1024 * 1024 - 64]), sent + 1))
    });
    let answer = send(&campus, slow).await.unwrap();
    assert_eq!(answer, (4 * (1024 * 1024 - 64)).to_string());
    let large = stream::iter([Bytes::from(vec![b'x'; 1024 * 1024 + 1])]);
    let said = send(&campus, large).await.unwrap_err();
    assert_eq!(reason(&said), (Code::ResourceExhausted, "TOO_LARGE".into()));
    let told = said.get_details_error_info().unwrap().metadata;
    assert_eq!(told["limit"], "upload_message_bytes");
}
