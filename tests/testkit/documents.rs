//! Small ELMO documents with what a test wants in them.

/// A transcript of one course.
#[derive(Debug, Clone)]
pub struct Course {
    pub issuer: String,
    pub esi: String,
    pub code: String,
    pub title: String,
    pub grade: String,
}

impl Course {
    /// A course of an institution for a learner.
    pub fn of(issuer: &str, esi: &str, code: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            esi: esi.to_owned(),
            code: code.to_owned(),
            title: "Databases".to_owned(),
            grade: "B".to_owned(),
        }
    }

    /// The document.
    pub fn elmo(&self) -> Vec<u8> {
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<elmo xmlns="https://github.com/emrex-eu/elmo-schemas/tree/v2">
  <generatedDate>2026-02-03T10:15:30+01:00</generatedDate>
  <learner>
    <identifier type="esi">{esi}</identifier>
    <givenNames>Given</givenNames>
    <familyName>Example</familyName>
    <alternativeName xml:lang="el">Παράδειγμα</alternativeName>
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
      <title xml:lang="en">{title}</title>
      <type>Course</type>
      <specifies>
        <learningOpportunityInstance>
          <identifier type="ewp-loi-id">loi-{code}</identifier>
          <date>2026-01-17</date>
          <status>passed</status>
          <resultLabel>{grade}</resultLabel>
          <credit><scheme>ects</scheme><value>7.5</value></credit>
        </learningOpportunityInstance>
      </specifies>
    </learningOpportunitySpecification>
    <issueDate>2026-02-03T10:15:30+01:00</issueDate>
  </report>
</elmo>
"#,
            esi = self.esi,
            issuer = self.issuer,
            code = self.code,
            title = self.title,
            grade = self.grade,
        )
        .into_bytes()
    }
}
