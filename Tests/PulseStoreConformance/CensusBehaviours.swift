let censusBehaviours: [Behaviour] = []
