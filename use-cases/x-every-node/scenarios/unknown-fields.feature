Feature: A newer partner or client is understood as far as possible

  @X-26
  Scenario: A field that the node does not know
    Given a transcript of the node's own institution
    When the registrar reads it by a request with a field that nobody knows
    Then it is accepted

  @X-26
  Scenario: A field in a signed header that the node does not know
    Given a partner whose keys the node has pinned
    When the partner delivers a transcript whose header has a field that nobody knows
    Then its receipt proves that the node has taken it

  @X-26
  Scenario: A value of an enumeration by which something is decided
    When the registrar lists messages in a state that nobody knows
    Then it is refused with INVALID_ARGUMENT for the reason CODE_UNKNOWN
    And the field "state" is named
