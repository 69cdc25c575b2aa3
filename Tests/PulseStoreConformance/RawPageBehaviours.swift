let rawPageBehaviours: [Behaviour] = []
