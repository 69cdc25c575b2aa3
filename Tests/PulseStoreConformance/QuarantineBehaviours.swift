let quarantineBehaviours: [Behaviour] = []
