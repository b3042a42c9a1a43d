Feature: Operators can see how the node does

  @X-29
  Scenario: Time to answer, what waits, and errors by reason
    Given the ops address of the node
    And a partner whose keys the node has pinned
    When the registrar asks for a transcript that does not exist
    Then it is refused with NOT_FOUND for the reason NOT_FOUND
    And the metrics tell the time that calls took
    And the metrics count refusals for the reason "NOT_FOUND"
    And the metrics come to tell how many messages wait

  @X-29
  Scenario: How old harvested data are
    Given the ops address of the node
    And a node that claims "uc1/aggregator"
    Then the metrics tell when each source was harvested
