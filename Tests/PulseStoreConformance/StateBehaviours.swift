let stateBehaviours: [Behaviour] = []
