Feature: A transcript of records travels from the university that awarded it to the one that needs it

  @X-14 @X-15
  Scenario: A transcript is imported, read and given out
    Given a node that claims "uc6/issuer"
    And a transcript of the node's own institution
    When the registrar reads it
    Then it tells the institution, course code, title, credits, grade and day of the document
    When the student information system exports it as it came
    Then the document is the one that was imported, byte for byte
    When the student information system exports it as ELMO and imports that
    Then its revision is the same

  @X-16
  Scenario: A transcript is sent, and the receipt proves that it arrived
    Given a node that claims "uc6/issuer"
    And a partner whose keys the node has pinned
    And a transcript of the node's own institution
    When the student information system sends it to the partner for recognition
    Then the partner receives the document with a signature of the node that holds
    And it names recognition as its purpose, with legal basis and categories of data
    And the message becomes delivered, with the receipt of the partner

  @X-16
  Scenario: A transcript is received from its issuer
    Given a node that claims "uc6/receiver"
    And a partner whose keys the node has pinned
    When the partner delivers a transcript
    Then its receipt proves that the node has taken it
    And the registrar reads the same achievement, received from the partner

  @UC6-13
  Scenario: A transcript goes from ELMO to the European Learning Model and back
    Given a node that claims "uc6/issuer"
    And a transcript of the node's own institution
    When the student information system exports it as ELM and imports that
    And the registrar reads it
    Then it tells the institution, course code, title, credits, grade and day of the document
    When the student information system exports it as ELMO and imports that
    And the registrar reads it
    Then it tells the institution, course code, title, credits, grade and day of the document

  @UC6-12
  Scenario: A European Digital Credential by itself and as it is uploaded to Europass
    Given a node that claims "uc6/receiver"
    And a transcript of the node's own institution
    When the student information system exports it as ELM and imports that
    And it imports the same credential in the wrapper of an upload
    Then both imports make the same record with the same achievements
