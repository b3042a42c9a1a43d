Feature: Nobody overwrites what they have not seen

  @X-05
  Scenario: A change that names an earlier revision
    Given a partner whose keys the node has pinned
    And a transcript of the node's own institution
    When its grade is changed to "A" and it is imported again
    Then its revision is another
    When the student information system sends it to the partner and names the earlier revision
    Then it is refused with ABORTED for the reason REVISION_CONFLICT
    And the node has no message for it to the partner
    When the student information system sends it to the partner and names the present revision
    Then it is accepted

  @X-05
  Scenario: The same content again is the same revision
    Given a transcript of the node's own institution
    When it is imported again
    Then its revision is the same
