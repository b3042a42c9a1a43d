Feature: Text for people keeps its languages

  @X-14
  Scenario: A title in three languages
    Given a course titled "Databases" in en, "Databaser" in sv and "Βάσεις δεδομένων" in el
    When the student information system imports a transcript with it
    And the registrar reads it
    Then the course is titled "Databases" in en
    And the course is titled "Databaser" in sv
    And the course is titled "Βάσεις δεδομένων" in el
    And no language of its titles stands there twice
