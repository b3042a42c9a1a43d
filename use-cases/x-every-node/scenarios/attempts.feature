Feature: A signed message counts once, from its sender, in its time

  @X-17
  Scenario Outline: An attempt by a clock that is too far off
    Given a partner whose keys the node has pinned
    When the partner delivers a transcript by a clock that is off by <seconds> seconds
    Then it is refused with UNAUTHENTICATED for the reason CLOCK_SKEW

    Examples:
      | seconds |
      | -125    |
      | 125     |

  @X-17
  Scenario Outline: An attempt by a clock that is a little off
    Given a partner whose keys the node has pinned
    When the partner delivers a transcript by a clock that is off by <seconds> seconds
    Then its receipt proves that the node has taken it

    Examples:
      | seconds |
      | -110    |
      | 110     |

  @X-17
  Scenario: The same message again from the same partner
    Given a partner whose keys the node has pinned
    When the partner delivers a transcript
    And the partner delivers the same message again
    Then both receipts are the same, byte for byte

  @X-17
  Scenario: The same message again from another partner
    Given a partner whose keys the node has pinned
    And a second partner whose keys the node has pinned
    When the partner delivers a transcript
    And the second partner delivers the same message again
    Then it is refused with PERMISSION_DENIED for the reason SENDER_MISMATCH

  @X-17
  Scenario: A message from before the memory of the inbox
    Given a partner whose keys the node has pinned
    When the partner delivers a message that was made 91 days ago
    Then it is refused with FAILED_PRECONDITION for the reason REPLAYED
