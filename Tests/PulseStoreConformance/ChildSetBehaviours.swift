let childSetBehaviours: [Behaviour] = []
