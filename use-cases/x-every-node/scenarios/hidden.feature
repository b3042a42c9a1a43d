Feature: Who may not know does not learn whether something exists

  @X-28
  Scenario: A learner asks for another learner's transcript
    Given a transcript of the node's own institution
    When the learner reads it, and then one that does not exist
    Then both are refused with NOT_FOUND in the same words

  @X-28
  Scenario: A partner asks for a transcript that was not sent to it
    Given a partner whose keys the node has pinned
    And a transcript of the node's own institution
    When the partner reads it, and then one that does not exist
    Then both are refused with NOT_FOUND in the same words

  @X-28
  Scenario: A learner asks for a list of another learner's transcripts
    Given a transcript of the node's own institution
    When the learner lists the transcripts of its learner
    Then the list is empty
