Feature: What a node claims it does, and what it does not claim it says so

  @X-03
  Scenario: Every operation that the descriptor lists is there
    Given a partner whose keys the node has pinned
    When the partner calls every operation that the descriptor lists
    Then none of them is unimplemented

  @X-03
  Scenario: An operation that the descriptor does not list
    Given a partner whose keys the node has pinned
    And an operation for partners that the descriptor does not list
    When the partner calls it
    Then it is refused with UNIMPLEMENTED for the reason ROLE_NOT_SUPPORTED
