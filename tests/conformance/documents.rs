//! A transcript of one course in ELMO 2.1, with what a scenario wants in it.

use std::fmt::Write as _;

/// What the document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// The awarding institution's domain.
    pub issuer: String,
    /// The learner's European Student Identifier.
    pub learner: String,
    /// The course code, of this scenario alone.
    pub code: String,
    /// Language and title.
    pub titles: Vec<(String, String)>,
    /// The grade.
    pub grade: String,
    /// The day of the result.
    pub day: String,
    /// When the report was issued.
    pub issued: String,
}

impl Course {
    /// A course and a learner that no other scenario has.
    pub fn new(issuer: &str, fresh: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            learner: format!("urn:schac:personalUniqueCode:int:esi:{issuer}:{fresh}"),
            code: format!("C-{fresh}"),
            titles: vec![("en".to_owned(), "Databases".to_owned())],
            grade: "B".to_owned(),
            day: "2026-01-17".to_owned(),
            issued: "2026-02-03T10:15:30+01:00".to_owned(),
        }
    }

    /// The document.
    pub fn elmo(&self) -> Vec<u8> {
        let Self { issuer, learner, code, grade, day, issued, .. } = self;
        let mut titles = String::new();
        for (language, title) in &self.titles {
            // Writing into a string cannot fail.
            let _ = write!(titles, "<title xml:lang=\"{language}\">{title}</title>");
        }
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<elmo xmlns="https://github.com/emrex-eu/elmo-schemas/tree/v2">
  <generatedDate>2026-02-03T10:15:30+01:00</generatedDate>
  <learner>
    <identifier type="esi">{learner}</identifier>
    <givenNames>Given</givenNames>
    <familyName>Example</familyName>
    <alternativeName xml:lang="en">Given Example</alternativeName>
  </learner>
  <report>
    <issuer>
      <country type="ISO">SE</country>
      <identifier type="schac">{issuer}</identifier>
      <title xml:lang="en">{issuer}</title>
      <url>https://www.{issuer}/</url>
    </issuer>
    <learningOpportunitySpecification>
      <identifier type="local">{code}</identifier>
      {titles}
      <type>Course</type>
      <specifies>
        <learningOpportunityInstance>
          <identifier type="ewp-loi-id">loi-{code}</identifier>
          <date>{day}</date>
          <status>passed</status>
          <resultLabel>{grade}</resultLabel>
          <credit><scheme>ects</scheme><value>7.5</value></credit>
        </learningOpportunityInstance>
      </specifies>
    </learningOpportunitySpecification>
    <issueDate>{issued}</issueDate>
  </report>
</elmo>
"#
        )
        .into_bytes()
    }
}
