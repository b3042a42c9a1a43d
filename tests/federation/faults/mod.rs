//! A failure at any point of the journey leaves both nodes in order, and the repeat of
//! what failed is done once. The nodes are those of the laboratory (tests/lab-node).

mod consistent;
mod journey;
mod lab;

use std::collections::BTreeSet;

use hei_testkit::lab::Blow;
use hei_values::faults::POINTS;

use crate::alliance::{Place, eventually, on_each_engine};
use lab::{Lab, Side};

/// No journey has so many points.
const POINTS_MAX: u64 = 200;
const DAY_MS: i64 = 86_400_000;

async fn a_journey_that_fails_at_any_point_is_done_once_when_it_is_repeated(place: Place) {
    let mut lab = Lab::new(&place).await;
    let mut names = BTreeSet::new();
    let mut count = 0;
    for victim in Side::BOTH {
        let points = struck_everywhere(&mut lab, victim, Blow::Fail).await;
        println!("{}: {} points: {}", victim.domain(), points.len(), points.join(" "));
        count += points.len();
        names.extend(points);
    }
    println!("{count} points in one journey");
    assert!(count > 30);
    assert_eq!(names, POINTS.map(str::to_owned).into(), "each kind of point was struck");
    if std::env::var("HEI_LONG").is_ok_and(|long| long == "1") {
        for victim in Side::BOTH {
            let deaths = struck_everywhere(&mut lab, victim, Blow::Crash).await;
            println!("{}: {} deaths", victim.domain(), deaths.len());
            assert!(!deaths.is_empty());
        }
    }
}

/// Journeys, each struck one point later than the one before, until one is not struck.
/// Gives the points in order.
async fn struck_everywhere(lab: &mut Lab, victim: Side, blow: Blow) -> Vec<String> {
    let mut points = Vec::new();
    for n in 1..POINTS_MAX {
        lab.strike(victim, blow, n);
        lab.journey(&format!("{victim:?}-{blow:?}-{n}")).await;
        match lab.end().await {
            Some(struck) => points.push(struck),
            None => return points,
        }
    }
    panic!("a journey of {POINTS_MAX} points");
}

async fn ninety_days_on_the_inbox_has_forgotten_and_messages_still_go(place: Place) {
    let mut lab = Lab::new(&place).await;
    lab.journey("before").await;
    assert!(consistent::taken(lab.tables(Side::Beta)).await > 0);
    lab.advance(91 * DAY_MS);
    for side in Side::BOTH {
        eventually("the inbox is swept", async || consistent::taken(lab.tables(side)).await == 0)
            .await;
    }
    lab.record_goes("after").await;
}

on_each_engine!(
    a_journey_that_fails_at_any_point_is_done_once_when_it_is_repeated,
    ninety_days_on_the_inbox_has_forgotten_and_messages_still_go,
);
