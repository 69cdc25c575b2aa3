let tenantBehaviours: [Behaviour] = []
