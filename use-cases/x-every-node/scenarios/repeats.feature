Feature: A call that is repeated has its effect once

  @X-04
  Scenario: The same key with the same content
    Given a partner whose keys the node has pinned
    And a transcript of the node's own institution
    When the student information system sends it to the partner for recognition under a key
    And it does the same under the same key
    Then both times it is told of the same message
    And the node has one message for it to the partner

  @X-04
  Scenario: The same key with other content
    Given a partner whose keys the node has pinned
    And a transcript of the node's own institution
    When the student information system sends it to the partner for recognition under a key
    And it sends it for mobility under the same key
    Then it is refused with ALREADY_EXISTS for the reason ID_CONFLICT
    And the node has one message for it to the partner

  @X-04
  Scenario: Another caller has keys of its own
    Given a partner whose keys the node has pinned
    And a transcript of the node's own institution
    When the student information system sends it to the partner for recognition under a key
    And the registrar does the same under the same key
    Then each is told of a message of its own
