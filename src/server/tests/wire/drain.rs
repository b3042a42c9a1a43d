//! Shutdown: calls in flight finish, nothing open keeps the node, a limit holds.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::house::{ECHO, SIS, call, channel, open, open_until, reason, server, toy};

#[tokio::test]
async fn a_call_in_flight_finishes_while_an_open_watch_and_new_callers_are_sent_away() {
    let (entered, mut entries) = mpsc::unbounded_channel();
    let may_go = Arc::new(Notify::new());
    let gate = Arc::clone(&may_go);
    let waits = toy(ECHO, move |_, request| {
        let (entered, gate) = (entered.clone(), Arc::clone(&gate));
        async move {
            entered.send(()).unwrap();
            gate.notified().await;
            Ok(request)
        }
    });
    let house = open(server(vec![waits])).await;
    let at = house.at;
    let campus = channel(at.campus).await;
    let mut in_flight = JoinSet::new();
    in_flight.spawn(async move { call(&campus, ECHO, SIS, "in flight").await });
    entries.recv().await.unwrap();
    let mut health = HealthClient::new(channel(at.ops).await);
    let watch = health.watch(HealthCheckRequest { service: "toy.v1.ToyService".to_owned() });
    let mut watch = watch.await.unwrap().into_inner();
    let seen = watch.message().await.unwrap().unwrap();
    assert_eq!(seen.status(), ServingStatus::Serving);

    house.close();
    let seen = watch.message().await.unwrap().unwrap();
    assert_eq!(seen.status(), ServingStatus::NotServing);
    let said = watch.message().await.unwrap_err();
    assert_eq!(reason(&said), (Code::Unavailable, "SHUTTING_DOWN".into()));
    // The watch ends after the sockets are closed or closing; connecting fails from then on.
    while TcpStream::connect(at.public).await.is_ok() {
        tokio::task::yield_now().await;
    }
    may_go.notify_one();
    let answer = in_flight.join_next().await.unwrap().unwrap();
    assert_eq!(answer.unwrap(), "in flight");
    assert_eq!(house.ended().await.cut, 0);
}

#[tokio::test]
async fn idle_connections_do_not_keep_the_node() {
    let house = open(server(vec![])).await;
    let _idle = channel(house.at.campus).await;
    let _silent = TcpStream::connect(house.at.public).await.unwrap();
    house.close();
    assert_eq!(house.ended().await.cut, 0);
}

#[tokio::test]
async fn a_call_that_does_not_end_is_cut_at_the_limit() {
    let (entered, mut entries) = mpsc::unbounded_channel();
    let never = toy(ECHO, move |_, _| {
        entered.send(()).unwrap();
        std::future::pending()
    });
    let house = open_until(server(vec![never]), Duration::from_millis(20)).await;
    let campus = channel(house.at.campus).await;
    let mut in_flight = JoinSet::new();
    in_flight.spawn(async move { call(&campus, ECHO, SIS, "").await });
    entries.recv().await.unwrap();
    house.close();
    assert_eq!(house.ended().await.cut, 1);
    // The connection broke: tonic tells its own, not a reason of ours.
    assert!(in_flight.join_next().await.unwrap().unwrap().is_err());
}
