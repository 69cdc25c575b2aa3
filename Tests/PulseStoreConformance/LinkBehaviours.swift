let linkBehaviours: [Behaviour] = []
