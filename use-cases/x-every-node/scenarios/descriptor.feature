Feature: A node says in a signed descriptor what it is and what it can do

  @X-02
  Scenario: The descriptor is signed by the key that partners compare by telephone
    When the registrar asks what the node is
    Then its descriptor is signed by the key that its fingerprint names
    And the descriptor was made in the past and expires in the future

  @X-02
  Scenario: It says what partners may expect
    When the registrar asks what the node is
    Then it claims roles of use cases, each with a version
    And it names the operations and the kinds of message that partners may use
    And it names its standards, each with a version
    And it names the largest message that it takes

  @X-02
  Scenario: The public address tells the same
    Given the public address of the node
    When the registrar asks what the node is
    Then the descriptor at the public address is the same
