Feature: Nodes know each other by their keys, and nobody speaks for somebody else

  @X-16
  Scenario: A node of which nobody has told
    Given a stranger
    When the stranger delivers a transcript
    Then it is refused with PERMISSION_DENIED for the reason PEER_UNTRUSTED

  @X-16
  Scenario: A partner's name with another key
    Given a partner whose keys the node has pinned
    And a stranger who calls itself by the partner's name
    When the stranger delivers a transcript
    Then it is refused with PERMISSION_DENIED for the reason PEER_UNTRUSTED

  @X-16
  Scenario: A caller without certificate
    Given a partner whose keys the node has pinned
    When somebody without certificate calls the node as a partner would
    Then the connection is refused

  @X-16
  Scenario: A partner that signs for another institution
    Given a partner whose keys the node has pinned
    When the partner delivers a transcript in the name of "else.example"
    Then it is refused with PERMISSION_DENIED for the reason SENDER_MISMATCH
