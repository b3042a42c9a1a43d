Feature: A code says from which list it is

  @X-13
  Scenario: A code that its list does not have
    Given a transcript of the node's own institution
    When the registrar reads it for the purpose "curiosity"
    Then it is refused with INVALID_ARGUMENT for the reason CODE_UNKNOWN
    And the field "purpose.code" is named

  @X-13
  Scenario: A code of a list that is not the one for the field
    Given a transcript of the node's own institution
    When the registrar reads it for the purpose "credential" of the list "isced-f"
    Then it is refused with INVALID_ARGUMENT for the reason CODE_UNKNOWN
    And the field "purpose.scheme" is named

  @X-13
  Scenario: What is read carries scheme and code
    Given a transcript of the node's own institution
    When the registrar reads it
    Then each of its codes and identifiers says from which list it is
