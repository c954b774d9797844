import Documents

extension NetworkTemplate {
  /// `network-configs/demo.json`, which a binary alone does not have at hand: four validators and an
  /// auditor that follows, with the members that a network usually has, under the standard policy.
  static let demonstration = """
    {
      "format": "hypothec/network-template/1",
      "name": "demo-net",
      "members": [
        {"id": "bank-a", "name": "Bank A", "roles": ["lender"]},
        {"id": "bank-b", "name": "Bank B", "roles": ["lender"]},
        {"id": "registry", "name": "Registry North", "roles": ["registry"]},
        {"id": "dealer", "name": "Harbour Motors", "roles": ["dealer", "disposal"]},
        {"id": "appraiser", "name": "Fair Value Appraisals", "roles": ["appraiser"]},
        {"id": "court", "name": "District Court", "roles": ["court"]},
        {"id": "auditor", "name": "Audit Office", "roles": ["auditor", "regulator"]}
      ],
      "validators": [
        {"member": "bank-a"}, {"member": "bank-b"}, {"member": "registry"}, {"member": "dealer"}
      ],
      "followers": [{"member": "auditor"}],
      "governors": {"members": ["bank-a", "bank-b", "registry"], "threshold": 2}
    }
    """
}
