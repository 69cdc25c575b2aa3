let textBehaviours: [Behaviour] = []
