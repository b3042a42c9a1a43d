//! An ELMO document as a student information system writes it: a programme with its
//! courses. The person and the institution are invented.

use std::fmt::Write as _;

/// The transcript of a learner.
pub fn transcript(learner: usize, courses: usize) -> Vec<u8> {
    let mut parts = String::new();
    for course in 1..=courses {
        part(&mut parts, learner, course);
    }
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<elmo xmlns="https://github.com/emrex-eu/elmo-schemas/tree/v2">
  <generatedDate>2026-02-03T10:15:30+01:00</generatedDate>
  <learner>
    <citizenship>FI</citizenship>
    <identifier type="esi">urn:schac:personalUniqueCode:int:esi:alpha.example:{learner}</identifier>
    <givenNames>Given</givenNames>
    <familyName>Example</familyName>
    <alternativeName xml:lang="el">Παράδειγμα</alternativeName>
    <dateOfBirth>1999-05-17</dateOfBirth>
  </learner>
  <report>
    <issuer>
      <country type="ISO">FI</country>
      <identifier type="schac">alpha.example</identifier>
      <title xml:lang="en">Alpha Example University</title>
      <title xml:lang="fi">Alfan esimerkkiyliopisto</title>
      <url>https://www.alpha.example/</url>
    </issuer>
    <learningOpportunitySpecification>
      <identifier type="local">BSC-CS</identifier>
      <title xml:lang="en">Bachelor of Science in Computer Science</title>
      <type>Degree Programme</type>
      <specifies>
        <learningOpportunityInstance>
          <identifier type="ewp-loi-id">loi-{learner}-programme</identifier>
          <status>in-progress</status>
        </learningOpportunityInstance>
      </specifies>
{parts}    </learningOpportunitySpecification>
    <issueDate>2026-02-03T10:15:30+01:00</issueDate>
    <gradingScheme localId="grades">
      <description xml:lang="en">A to E pass, F fails.</description>
    </gradingScheme>
  </report>
</elmo>
"#
    )
    .into_bytes()
}

fn part(parts: &mut String, learner: usize, course: usize) {
    let year = 2022 + course / 20;
    write!(
        parts,
        r#"      <hasPart>
        <learningOpportunitySpecification>
          <identifier type="local">CS-{course:03}</identifier>
          <identifier type="ewp-los-id">los-cs-{course:03}</identifier>
          <title xml:lang="en">Databases &amp; Information Systems {course}</title>
          <title xml:lang="fi">Tietokannat ja tietojärjestelmät {course}</title>
          <type>Course</type>
          <iscedCode>0613</iscedCode>
          <url>https://www.alpha.example/courses/cs-{course:03}</url>
          <description xml:lang="en">The relational model, its algebra, normal forms, transactions and how a database keeps its promises after a crash.</description>
          <specifies>
            <learningOpportunityInstance>
              <identifier type="ewp-loi-id">loi-{learner}-{course}</identifier>
              <start>{year}-09-01</start>
              <date>{year}-12-17</date>
              <academicTerm>
                <title xml:lang="en">Autumn {year}</title>
                <start>{year}-09-01</start>
                <end>{year}-12-31</end>
              </academicTerm>
              <status>passed</status>
              <gradingSchemeLocalId>grades</gradingSchemeLocalId>
              <resultLabel>B</resultLabel>
              <resultDistribution>
                <category label="A" count="11"/>
                <category label="B" count="24"/>
                <category label="C" count="17"/>
              </resultDistribution>
              <credit><scheme>ects</scheme><value>3.0</value></credit>
              <level><type>EQF</type><value>6</value></level>
              <languageOfInstruction>en</languageOfInstruction>
              <engagementHours>81</engagementHours>
            </learningOpportunityInstance>
          </specifies>
        </learningOpportunitySpecification>
      </hasPart>
"#
    )
    .unwrap();
}
