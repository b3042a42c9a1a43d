Feature: A learner can read who received what about them, and why

  @X-10
  Scenario: A transcript that was sent
    Given a partner whose keys the node has pinned
    And a transcript of the learner
    When the student information system sends it to the partner for recognition
    And the partner has received it
    And the learner asks who received what
    Then a disclosure of it to the partner by "message" for recognition is told
    And it names a legal basis, the categories of data, and the time

  @X-10
  Scenario: A transcript that a partner reads
    Given a partner whose keys the node has pinned
    And a transcript of the learner
    When the student information system sends it to the partner for recognition
    And the partner has received it
    And the partner reads it for recognition
    And the learner asks who received what
    Then a disclosure of it to the partner by "read" for recognition is told

  @X-10
  Scenario: What concerns somebody else
    Given a partner whose keys the node has pinned
    And a transcript of the node's own institution
    When the student information system sends it to the partner for recognition
    And the partner has received it
    And the learner asks who received what about that other learner
    Then no disclosure of it is told
