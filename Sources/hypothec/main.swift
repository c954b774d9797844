print("hypothec")
