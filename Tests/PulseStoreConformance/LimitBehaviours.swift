let limitBehaviours: [Behaviour] = []
