//! How peers are left alone and come back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;

const T: Millis = Millis(1_000_000);

fn peer() -> HeiId {
    "b.example".parse().unwrap()
}

fn begin(lines: &Lines, n: u128, now: Millis) -> Option<Ticket> {
    lines.begin(&peer(), "note", Uuid::from_u128(n), now)
}

#[test]
fn a_peer_has_a_few_calls_at_once_and_each_message_one() {
    let lines = Lines::default();
    let held: Vec<_> = (0..4).map(|n| begin(&lines, n, T).unwrap()).collect();
    assert!(begin(&lines, 9, T).is_none());
    assert!(lines.open(vec![peer()], T).is_empty());
    drop(held);
    let _first = begin(&lines, 0, T).unwrap();
    assert!(begin(&lines, 0, T).is_none(), "the same message twice at once");
    assert_eq!(lines.in_flight(), [Uuid::from_u128(0)]);
}

#[test]
fn calls_that_fail_together_count_once_and_then_one_call_probes() {
    let lines = Lines::default();
    let tickets: Vec<_> = (0..4).map(|n| begin(&lines, n, T).unwrap()).collect();
    tickets.iter().for_each(|ticket| ticket.peer_failed(T, 1.0));
    drop(tickets);
    assert!(begin(&lines, 5, T.plus(999)).is_none());
    assert_eq!(lines.next_due(T), Some(T.plus(1000)));
    let probe = begin(&lines, 5, T.plus(1000)).unwrap();
    assert!(begin(&lines, 6, T.plus(1000)).is_none(), "two probes at once");
    probe.succeeded();
    drop(probe);
    assert!(begin(&lines, 5, T.plus(1000)).is_some() && lines.next_due(T).is_none());
}

#[test]
fn a_kind_that_is_not_taken_holds_up_no_other() {
    let lines = Lines::default();
    let ticket = begin(&lines, 1, T).unwrap();
    ticket.answered();
    ticket.kind_failed(T, 1.0);
    drop(ticket);
    assert!(begin(&lines, 2, T).is_none());
    assert_eq!(lines.blocked(T), [(peer(), "note".to_owned())]);
    let other = lines.begin(&peer(), "letter", Uuid::from_u128(3), T).unwrap();
    other.succeeded();
    assert_eq!(lines.blocked(T).len(), 1);
    drop(other);
    let probe = begin(&lines, 2, T.plus(1000)).unwrap();
    probe.succeeded();
    assert!(lines.blocked(T).is_empty());
}

#[test]
fn an_answer_is_news_after_a_start_and_after_a_failure() {
    let lines = Lines::default();
    let ticket = begin(&lines, 1, T).unwrap();
    assert!(ticket.is_news());
    ticket.succeeded();
    assert!(!ticket.is_news());
    ticket.peer_failed(T, 1.0);
    assert!(ticket.is_news());
    ticket.answered();
    assert!(!ticket.is_news());
}

#[test]
fn a_call_from_a_failing_peer_wakes_its_queue_but_not_time_and_again() {
    let lines = Lines::default();
    assert!(!lines.heard(&peer(), T));
    let mut now = T;
    for _ in 0..8 {
        let ticket = begin(&lines, 1, now).unwrap();
        ticket.peer_failed(now, 1.0);
        now = lines.next_due(now).unwrap();
    }
    let failed = lines.next_due(T).unwrap().plus(-128_000);
    assert!(!lines.heard(&peer(), failed.plus(WAKE_MS_MIN - 1)));
    assert!(lines.heard(&peer(), failed.plus(WAKE_MS_MIN)));
    assert!(begin(&lines, 1, failed.plus(WAKE_MS_MIN)).is_some());
    assert!(!lines.heard(&peer(), failed.plus(WAKE_MS_MIN)), "it is awake");
}

#[test]
fn a_dead_peer_is_called_at_most_65_times_in_seven_days() {
    for seed in 0..50_u64 {
        let lines = Lines::default();
        let (mut now, mut calls, mut random) = (T, 0, seed * 2 + 1);
        while now.since(T) < 7 * 86_400_000 {
            let ticket = begin(&lines, 1, now).unwrap();
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ticket.peer_failed(now, (random >> 40) as f64 / (1_u64 << 24) as f64);
            calls += 1;
            now = lines.next_due(now).unwrap();
        }
        assert!((40..=65).contains(&calls), "{calls} calls with seed {seed}");
    }
}
