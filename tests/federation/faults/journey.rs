//! One learner's journey: a record is imported and sent, corrected and sent again, read
//! at the receiver, fetched from the sender; and the receiver sends one back.

use std::collections::BTreeSet;

use hei_proto::hei::credentials::v1::{
    FetchTranscriptRequest, GetTranscriptRequest, ImportTranscriptRequest, SendTranscriptRequest,
    Transcript,
};
use hei_testkit::documents::Course;
use hei_testkit::nodes::LEARNER;

use super::lab::{Caller, Lab, Side};
use crate::alliance::{list, why};

impl Lab {
    /// The whole of it. `code` names a course that nobody has had.
    pub async fn journey(&mut self, code: &str) {
        let there = self.there_and_corrected(code).await;
        let fetch = FetchTranscriptRequest { name: there.clone(), purpose: why("recognition") };
        let fetched = self.insist(Side::Alpha, Caller::Partner, fetch).await;
        assert_eq!(grade(&fetched), "A");
        let (before, course) =
            (self.names(Side::Alpha).await, Course::of("beta.example", LEARNER, code));
        let back = self.import(Side::Beta, &course).await;
        self.send(Side::Beta, &back).await;
        let received = self.read(Side::Alpha, &self.only_new(Side::Alpha, &before).await).await;
        assert_eq!(grade(&received), "B");
        self.must_be_done().await;
    }

    /// Alpha's record reaches beta twice, the second time corrected: one record, two
    /// receipts. Gives the record's name at alpha.
    async fn there_and_corrected(&mut self, code: &str) -> String {
        let before = self.names(Side::Beta).await;
        let mut course = Course::of("alpha.example", LEARNER, code);
        let record = self.import(Side::Alpha, &course).await;
        let first = self.send(Side::Alpha, &record).await;
        course.grade = "A".to_owned();
        assert_eq!(self.import(Side::Alpha, &course).await, record);
        let second = self.send(Side::Alpha, &record).await;
        assert_ne!(first, second);
        let there = self.only_new(Side::Beta, &before).await;
        assert_eq!(grade(&self.read(Side::Beta, &there).await), "A");
        record
    }

    /// Alpha's record reaches beta, whatever else is there.
    pub async fn record_goes(&mut self, code: &str) {
        let record = self.import(Side::Alpha, &Course::of("alpha.example", LEARNER, code)).await;
        self.send(Side::Alpha, &record).await;
    }

    async fn import(&mut self, side: Side, course: &Course) -> String {
        let request = ImportTranscriptRequest {
            document: course.elmo().into(),
            request_id: self.fresh_request_id(),
            purpose: why("administration"),
            ..Default::default()
        };
        let answer = self.insist(side, Caller::Campus, request).await;
        assert_eq!(answer.transcripts.len(), 1);
        answer.transcripts[0].name.clone()
    }

    /// Sends a record to the other side; gives the receipt's bytes.
    async fn send(&mut self, side: Side, record: &str) -> Vec<u8> {
        let request = SendTranscriptRequest {
            name: record.to_owned(),
            peer: format!("peers/{}", side.other().domain()),
            purpose: why("recognition"),
            request_id: self.fresh_request_id(),
            ..Default::default()
        };
        let message = self.insist(side, Caller::Campus, request).await.message;
        let delivered = self.delivered(side, &message).await;
        delivered.receipt.expect("a delivered message has a receipt").receipt.to_vec()
    }

    async fn read(&self, side: Side, name: &str) -> Transcript {
        let request = GetTranscriptRequest { name: name.to_owned(), purpose: why("recognition") };
        self.node(side).campus("registrar").await.call(request).await.unwrap()
    }

    async fn names(&self, side: Side) -> BTreeSet<String> {
        let registrar = self.node(side).campus("registrar").await;
        list(&registrar, 200).await.into_iter().map(|record| record.name).collect()
    }

    /// The one record that has come since.
    async fn only_new(&self, side: Side, before: &BTreeSet<String>) -> String {
        let now = self.names(side).await;
        let new: Vec<_> = now.difference(before).collect();
        assert_eq!(new.len(), 1, "one new record at {}: {new:?}", side.domain());
        new[0].clone()
    }
}

fn grade(transcript: &Transcript) -> String {
    transcript.achievements[0].grade.as_ref().unwrap().label.clone()
}
